#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "net/http_connection.h"

namespace cadastre {
namespace {

constexpr size_t kSpare = 64;  // connections beyond the limit that are told so

Result<tcp::endpoint> resolve(asio::io_context& io, const std::string& listen) {
  auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  auto port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  // The resolver would take a name of a service, and 99999 for another port.
  bool is_port = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos &&
                 std::stoi(port) <= 65'535;
  if (is_port && !host.empty()) {
    error_code problem;
    auto found = tcp::resolver(io).resolve(host, port, tcp::resolver::passive, problem);
    if (!problem && !found.empty()) return found.begin()->endpoint();
  }
  return fail(ErrorCode::invalid,
              fmt::format("cannot listen on '{}': write HOST:PORT, for example 127.0.0.1:8080, 0.0.0.0:443 or [::]:443",
                          listen));
}

std::string plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  if (address.is_v6()) {
    auto six = address.to_v6();
    six.scope_id(0);
    return six.to_string();
  }
  return address.to_string();
}

class Server final : public HttpServer {
 public:
  Server(ServerOptions options, Handler handler)
      : shared_(std::move(options), std::move(handler)),
        io_(std::max(1, shared_.options.io_threads)),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {}
  ~Server() override {
    stop(Millis(0));
    shared_.pool.end();  // its threads wake connections through io_, which goes before them
  }

  Result<void> open() {
    for (const auto& text : shared_.options.trusted_proxies) {
      auto network = parse_network(text);
      if (!network) return fail(ErrorCode::invalid, fmt::format("'{}' is neither an address nor a network", text));
      shared_.trusted.push_back(*network);
    }
    TRY(reload_tls());
    const auto& listen = shared_.options.listen;
    TRY_ASSIGN(auto endpoint, resolve(io_, listen));
    error_code problem;
    acceptor_.open(endpoint.protocol(), problem);
    if (!problem) acceptor_.set_option(tcp::acceptor::reuse_address(true), problem);
    if (!problem && endpoint.address() == asio::ip::address_v6::any()) {
      acceptor_.set_option(asio::ip::v6_only(false), problem);  // "[::]" takes IPv4 clients as well
    }
    if (!problem) acceptor_.bind(endpoint, problem);
    if (!problem) acceptor_.listen(4096, problem);
    if (problem == asio::error::address_in_use) {
      return fail(
          ErrorCode::io,
          fmt::format("cannot listen on {}: another program listens there; stop it, or set another port as `listen`",
                      listen),
          problem.message());
    }
    if (problem) return fail(ErrorCode::io, fmt::format("cannot listen on {}: {}", listen, problem.message()));
    port_ = acceptor_.local_endpoint(problem).port();
    asio::co_spawn(
        acceptor_.get_executor(), [this] { return accept(); }, asio::detached);
    for (int i = 0; i < std::max(1, shared_.options.io_threads); ++i) threads_.emplace_back([this] { io_.run(); });
    return {};
  }

  int port() const override { return port_; }

  Result<void> reload_tls() override {
    if (!shared_.options.tls) return {};
    TRY_ASSIGN(auto context, load_tls(*shared_.options.tls));
    std::lock_guard lock(shared_.mutex);
    shared_.tls = std::move(context);
    return {};
  }

  void stop(Millis patience) override;

  ServerCounts counts() const override {
    ServerCounts counts{0, shared_.accepted, shared_.requests, shared_.refused, shared_.pool.waiting()};
    std::lock_guard lock(shared_.mutex);
    counts.connections = shared_.connections.size();
    return counts;
  }

 private:
  awaitable<void> accept();
  void welcome(tcp::socket socket);
  void each_connection(void (Connection::*what)());

  mutable Shared shared_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  int port_ = 0;
  std::mutex stopping_;
  std::vector<std::jthread> threads_;  // empty: stopped
};

awaitable<void> Server::accept() {
  while (!shared_.draining) {
    auto [problem, socket] = co_await acceptor_.async_accept(asio::make_strand(io_), kWait);
    if (!problem) {
      welcome(std::move(socket));
    } else if (!shared_.draining) {
      // Most likely there are no file descriptors left: some will come back.
      pause_.expires_after(Millis(20));
      co_await pause_.async_wait(kWait);
    }
  }
}

void Server::welcome(tcp::socket socket) {
  error_code problem;
  auto endpoint = socket.remote_endpoint(problem);
  if (problem) return;
  socket.set_option(tcp::no_delay(true), problem);
  ++shared_.accepted;
  auto address = plain_address(endpoint.address());
  auto key = client_key(address);
  bool counted = shared_.room.enter(key, shared_.is_trusted(address));
  std::shared_ptr<Connection> connection;
  {
    std::lock_guard lock(shared_.mutex);
    bool crowded = shared_.connections.size() >= shared_.options.limits.connections + kSpare;
    if (!counted && crowded) {
      ++shared_.refused;
      return;
    }
    connection = std::make_shared<Connection>(shared_, std::move(socket), shared_.tls, address, key, counted);
    shared_.connections.emplace(connection.get(), connection);
  }
  connection->start();
}

void Server::each_connection(void (Connection::*what)()) {
  std::vector<std::shared_ptr<Connection>> open;
  {
    std::lock_guard lock(shared_.mutex);
    for (const auto& [_, weak] : shared_.connections) {
      if (auto connection = weak.lock()) open.push_back(std::move(connection));
    }
  }
  for (const auto& connection : open) ((*connection).*what)();
}

void Server::stop(Millis patience) {
  std::lock_guard once(stopping_);
  if (threads_.empty()) return;
  shared_.draining = true;
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
  auto none_left = [&] { return shared_.connections.empty(); };
  each_connection(&Connection::drain);
  bool all_left = false;
  {
    std::unique_lock lock(shared_.mutex);
    all_left = shared_.left.wait_for(lock, patience, none_left);
  }
  if (!all_left) {
    each_connection(&Connection::abort);
    std::unique_lock lock(shared_.mutex);
    shared_.left.wait(lock, none_left);
  }
  threads_.clear();  // with neither acceptor nor connections the threads have nothing to run
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, Handler handler) {
  auto server = std::make_unique<Server>(std::move(options), std::move(handler));
  TRY(server->open());
  return server;
}

}  // namespace cadastre
