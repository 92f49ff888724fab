// An HTTP/1.1 server on a free port of 127.0.0.1 that answers what a test tells it to, faults included.
//
//   ScriptedServer server([](const ScriptedRequest& request) { return ScriptedReply{.body = "hello"}; });
//   http.send({.url = server.url() + "/x"}, {});
//   CHECK(server.requests().at(0).target == "/x");
//
// One thread a connection; the handler runs on it, so it is called concurrently when requests are. Everything it has
// seen is kept. The destructor breaks what is open and waits for the threads. Header-only, for tests.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cadastre::testing {

struct ScriptedRequest {
  std::string method, target;  // "GET", "/path?query" as it came
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int connection = 0;  // which connection it came over, counted from 0

  // "" when absent; case-insensitive.
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
    }
    return {};
  }
};

struct ScriptedReply {
  enum class Fault { none, reset, hang, cut };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};  // Content-Length is added
  std::string body = {};
  Fault fault = Fault::none;
  size_t cut_at = 0;  // for cut: this many bytes of the body, then the connection ends

  static ScriptedReply reset() { return {.fault = Fault::reset}; }  // closes with RST, no answer
  static ScriptedReply hang() { return {.fault = Fault::hang}; }    // never answers
  static ScriptedReply cut(std::string body, size_t at) {
    return {.body = std::move(body), .fault = Fault::cut, .cut_at = at};
  }
};

class ScriptedServer {
 public:
  using Handler = std::function<ScriptedReply(const ScriptedRequest&)>;

  explicit ScriptedServer(Handler handler) : handler_(std::move(handler)) {
    ending_ = ::eventfd(0, EFD_CLOEXEC);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 512);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~ScriptedServer() {
    uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(ending_, &one, sizeof one);  // never read: it stays readable for everybody
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
    ::close(ending_);
  }

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  std::vector<ScriptedRequest> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const {
    std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  // Waits for input; false when the server ends.
  bool readable(int fd) const {
    pollfd both[2] = {{fd, POLLIN, 0}, {ending_, POLLIN, 0}};
    while (::poll(both, 2, -1) < 0 && errno == EINTR) {
    }
    return both[1].revents == 0;
  }

  void accept_all() {
    while (readable(listener_)) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      int number;
      {
        std::lock_guard lock(mutex_);
        number = connections_++;
      }
      threads_.emplace_back([this, fd, number] {
        serve(fd, number);
        ::close(fd);
      });
    }
  }

  // Reads until `buffer` holds `size` bytes; false when the peer or the server ends.
  bool fill(int fd, std::string& buffer, size_t size) const {
    char chunk[65536];
    while (buffer.size() < size) {
      if (!readable(fd)) return false;
      ssize_t count = ::recv(fd, chunk, sizeof chunk, 0);
      if (count <= 0) return false;
      buffer.append(chunk, static_cast<size_t>(count));
    }
    return true;
  }

  bool read_request(int fd, std::string& buffer, ScriptedRequest& request) const {
    size_t head;
    while ((head = buffer.find("\r\n\r\n")) == std::string::npos) {
      if (!fill(fd, buffer, buffer.size() + 1)) return false;
    }
    size_t line_end = buffer.find("\r\n");
    size_t first = buffer.find(' '), second = buffer.find(' ', first + 1);
    request.method = buffer.substr(0, first);
    request.target = buffer.substr(first + 1, second - first - 1);
    for (size_t at = line_end + 2; at < head + 2;) {
      size_t end = buffer.find("\r\n", at), colon = buffer.find(':', at);
      size_t value = buffer.find_first_not_of(' ', colon + 1);
      request.headers.emplace_back(buffer.substr(at, colon - at), value < end ? buffer.substr(value, end - value) : "");
      at = end + 2;
    }
    size_t length = static_cast<size_t>(std::atoll(request.header("Content-Length").c_str()));
    if (!fill(fd, buffer, head + 4 + length)) return false;
    request.body = buffer.substr(head + 4, length);
    buffer.erase(0, head + 4 + length);
    return true;
  }

  static bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
      ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  void serve(int fd, int number) {
    std::string buffer;
    for (;;) {
      ScriptedRequest request;
      request.connection = number;
      if (!read_request(fd, buffer, request)) return;
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      auto reply = handler_(request);
      if (reply.fault == ScriptedReply::Fault::hang) {
        (void)fill(fd, buffer, buffer.size() + 1);  // until the peer gives up
        return;
      }
      if (reply.fault == ScriptedReply::Fault::reset) {
        linger now{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return;
      }
      std::string answer = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
      for (const auto& [name, value] : reply.headers) answer += name + ": " + value + "\r\n";
      answer += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
      bool cut = reply.fault == ScriptedReply::Fault::cut;
      if (request.method != "HEAD") answer += cut ? reply.body.substr(0, reply.cut_at) : reply.body;
      if (!write_all(fd, answer) || cut) return;
    }
  }

  Handler handler_;
  int listener_ = -1, ending_ = -1, port_ = 0;
  mutable std::mutex mutex_;
  std::vector<ScriptedRequest> requests_;
  int connections_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // the acceptor's, until it has ended
};

}  // namespace cadastre::testing
