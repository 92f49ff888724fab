// One client's connection of the HTTP server. Inside net/ only.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/address.h"
#include "net/event_buffer.h"
#include "net/handler_pool.h"
#include "net/http_answer.h"
#include "net/http_limits.h"
#include "net/http_reader.h"
#include "net/tls_context.h"

namespace cadastre {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

using Steady = std::chrono::steady_clock;

class Connection;

// What is awaited returns its error instead of throwing it.
inline constexpr auto kWait = asio::as_tuple(asio::use_awaitable);

// What all connections share.
struct Shared {
  Shared(ServerOptions given, Handler given_handler);

  ServerOptions options;
  Handler handler;
  std::vector<Network> trusted;
  RateLimit rate;
  ConnectionLimit room;
  const std::string id_prefix;  // of request ids: random
  std::atomic<uint64_t> accepted{0}, requests{0}, refused{0};
  std::atomic<bool> draining{false};

  std::mutex mutex;  // guards what follows
  std::condition_variable left;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections;
  TlsContextPtr tls;

  HandlerPool pool;  // last: its threads end before the rest goes

  bool is_trusted(const std::string& address) const {
    auto parsed = parse_network(address);
    return parsed && std::ranges::any_of(trusted, [&](const auto& network) { return network.contains(*parsed); });
  }
};

// One request on its way, shared between the connection's strand and a handler thread; only one of them touches it at a
// time.
struct Serving {
  ServerRequest request;
  std::stop_source stop;
  bool http_1_0 = false;
  bool wants_keep_alive = false;
  Steady::time_point began = Steady::now(), handled = began;
  Answer answer;
  std::string piece;  // of the stream: the next bytes
  bool more = false, broken = false, gone = false;
  std::atomic<bool> left{false};  // the client has, or was told to go: no use in beginning
  size_t sent = 0;
};

// One client's connection. Everything runs in its strand, but for handlers. Two coroutines: pump() reads ahead, so that
// a client that goes is noticed while its handler runs; run() serves one request after the other.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // address: of whoever connected; key: what limits call it; counted: it is within the limits, and leaves them again.
  Connection(Shared& shared, tcp::socket socket, TlsContextPtr tls, std::string address, std::string key, bool counted);
  ~Connection();

  void start();
  void drain();  // from any thread: an idle connection ends now, another after its answer; events end
  void abort();  // from any thread: it ends now, whatever it does

 private:
  enum class Phase { idle, reading, handling, writing, events, lingering };

  awaitable<void> run();
  awaitable<bool> handshake();
  awaitable<void> pump();
  awaitable<bool> serve_one();
  awaitable<bool> read_request(HttpReader& reader, std::shared_ptr<Serving>& serving);
  awaitable<void> refuse(std::shared_ptr<Serving> serving, int status, std::string detail, int retry_after = 0);
  awaitable<bool> handle(std::shared_ptr<Serving> serving);
  awaitable<bool> send_answer(std::shared_ptr<Serving> serving, bool keep_alive);
  awaitable<bool> send_stream(std::shared_ptr<Serving> serving);
  awaitable<bool> send_events(std::shared_ptr<Serving> serving);
  awaitable<bool> write(std::string_view bytes);
  awaitable<void> linger();
  awaitable<void> wait_for_change();
  awaitable<bool> wait_for_input();

  bool resume_on_pool(std::shared_ptr<Serving> serving, std::function<void()> job, bool bounded);
  void note_served(const Serving& serving);
  void identify(Serving& serving);
  void close();
  void cut();
  void allow(Phase phase, Millis time);
  void watch();
  void time_is_up();

  Shared& shared_;
  const ServerLimits& limits_;
  TlsContextPtr context_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  asio::steady_timer changed_, room_, watchdog_;  // the first two are never due: cancelling them wakes who waits
  const std::string address_, key_;
  const bool counted_;

  std::string input_;  // read and not yet used
  std::array<char, 4096> chunk_;
  Phase phase_ = Phase::reading;
  Steady::time_point deadline_ = Steady::time_point::max(), armed_ = Steady::time_point::max();
  bool ended_ = false;      // the client sends no more
  bool closed_ = false;     // we have closed it
  bool timed_out_ = false;  // the phase's time is up
  bool ready_ = false;      // the handler thread is done
  bool first_ = true;
  std::shared_ptr<Serving> current_;
  std::shared_ptr<EventBuffer> events_;
};

}  // namespace cadastre
