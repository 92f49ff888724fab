#include "scripted_aws/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <map>
#include <thread>
#include <unordered_map>

#include "base/log.h"

namespace cadastre::scripted {
namespace {

using Instant = std::chrono::steady_clock::time_point;

constexpr size_t kPieces = 16;  // of a slow answer

struct Connection {
  uint64_t id = 0;
  int fd = -1;
  std::string in, out;
  size_t sent = 0;         // of out
  bool answering = false;  // a question is being answered: the next one waits
  bool close_after = false;
  bool watching_writes = false;
  // What is left of a slow answer.
  std::string later;
  size_t piece = 0;
  Millis step{0};
};

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The size of the first question in `in`; 0: it is not whole yet.
size_t parse(const std::string& in, HttpQuestion& question) {
  std::string_view text = in;
  auto head = text.find("\r\n\r\n");
  if (head == text.npos) return 0;
  auto line = text.substr(0, text.find("\r\n"));
  auto first = line.find(' '), second = line.rfind(' ');
  question.method = line.substr(0, first);
  question.target = line.substr(first + 1, second - first - 1);
  size_t length = 0;
  for (size_t at = line.size() + 2; at < head + 2;) {
    auto end = text.find("\r\n", at), colon = text.find(':', at);
    auto value = text.substr(colon + 1, end - colon - 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    auto name = text.substr(at, colon - at);
    if (same_name(name, "content-length")) std::from_chars(value.data(), value.data() + value.size(), length);
    question.headers.emplace_back(name, value);
    at = end + 2;
  }
  if (text.size() < head + 4 + length) return 0;
  question.body = text.substr(head + 4, length);
  return head + 4 + length;
}

}  // namespace

std::string_view HttpQuestion::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

struct HttpServer::Impl {
  Handler handler;
  Millis latency;
  int listener = -1, poll = -1, ending = -1;
  uint16_t port = 0;
  std::atomic<uint64_t> bytes = 0;
  std::unordered_map<int, std::unique_ptr<Connection>> connections;
  uint64_t next_id = 1;
  // What is due when; a connection that has ended meanwhile is known by its id.
  std::multimap<Instant, std::pair<int, uint64_t>> timers;
  std::unordered_map<uint64_t, HttpAnswer> delayed;
  std::thread thread;

  void open(uint16_t wanted) {
    ending = ::eventfd(0, EFD_CLOEXEC);
    poll = ::epoll_create1(EPOLL_CLOEXEC);
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(wanted);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 1024) != 0) {
      log_warning("the scripted AWS cannot listen on port {}: {}", wanted, std::strerror(errno));
    }
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    for (int fd : {listener, ending}) watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    thread = std::thread([this] { run(); });
  }

  void watch(int fd, uint32_t events, int action) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(poll, action, fd, &event);
  }

  void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      int count = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), patience());
      for (int i = 0; i < count; ++i) {
        int fd = events[static_cast<size_t>(i)].data.fd;
        auto what = events[static_cast<size_t>(i)].events;
        if (fd == ending) return;
        if (fd == listener)
          accept_all();
        else
          serve(fd, what);
      }
      fire();
    }
  }

  int patience() const {
    if (timers.empty()) return -1;
    auto left = std::chrono::ceil<Millis>(timers.begin()->first - std::chrono::steady_clock::now());
    return std::max(0, static_cast<int>(left.count()));
  }

  void accept_all() {
    for (int fd; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<Connection>();
      connection->id = next_id++;
      connection->fd = fd;
      connections[fd] = std::move(connection);
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void serve(int fd, uint32_t what) {
    auto found = connections.find(fd);
    if (found == connections.end()) return;
    auto& connection = *found->second;
    if (what & (EPOLLERR | EPOLLHUP)) return drop(connection);
    if (what & EPOLLOUT && !flush(connection)) return;
    if (!(what & EPOLLIN)) return;
    char chunk[65536];
    for (;;) {
      ssize_t count = ::recv(fd, chunk, sizeof chunk, 0);
      if (count == 0) return drop(connection);
      if (count < 0) {
        if (errno == EAGAIN) break;
        return drop(connection);
      }
      connection.in.append(chunk, static_cast<size_t>(count));
      if (static_cast<size_t>(count) < sizeof chunk) break;
    }
    next_question(connection);
  }

  void next_question(Connection& connection) {
    if (connection.answering) return;
    HttpQuestion question;
    size_t size = parse(connection.in, question);
    if (size == 0) return;
    connection.answering = true;
    auto answer = handler(question);
    connection.in.erase(0, size);
    if (answer.way == HttpAnswer::Way::hang) return;  // until the peer gives up
    if (latency.count() == 0 || answer.at_once) return send(connection, std::move(answer));
    delayed[connection.id] = std::move(answer);
    timers.emplace(std::chrono::steady_clock::now() + latency, std::pair(connection.fd, connection.id));
  }

  void fire() {
    auto now = std::chrono::steady_clock::now();
    while (!timers.empty() && timers.begin()->first <= now) {
      auto [fd, id] = timers.begin()->second;
      timers.erase(timers.begin());
      auto found = connections.find(fd);
      bool there = found != connections.end() && found->second->id == id;
      if (auto answer = delayed.extract(id)) {
        if (there) send(*found->second, std::move(answer.mapped()));
      } else if (there) {
        trickle(*found->second);
      }
    }
  }

  void send(Connection& connection, HttpAnswer answer) {
    using Way = HttpAnswer::Way;
    if (answer.way == Way::reset) {
      linger now{1, 0};
      ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      return drop(connection);
    }
    auto& out = connection.out;
    out = fmt::format("HTTP/1.1 {} Scripted\r\nContent-Type: {}\r\nContent-Length: {}\r\n", answer.status,
                      answer.content_type, answer.body.size());
    for (const auto& [name, value] : answer.headers) out += fmt::format("{}: {}\r\n", name, value);
    out += "\r\n";
    if (answer.way == Way::cut) {
      out.append(answer.body, 0, answer.body.size() / 2);
      connection.close_after = true;
    } else if (answer.way == Way::slow) {
      connection.later = std::move(answer.body);
      connection.piece = std::max<size_t>(1, connection.later.size() / kPieces);
      connection.step = answer.step;
      timers.emplace(std::chrono::steady_clock::now() + answer.step, std::pair(connection.fd, connection.id));
    } else {
      out += answer.body;
    }
    connection.sent = 0;
    flush(connection);
  }

  void trickle(Connection& connection) {
    auto size = std::min(connection.piece, connection.later.size());
    connection.out.append(connection.later, 0, size);
    connection.later.erase(0, size);
    if (!connection.later.empty())
      timers.emplace(std::chrono::steady_clock::now() + connection.step, std::pair(connection.fd, connection.id));
    flush(connection);
  }

  // False when the connection has gone, or may have: it must not be touched again.
  bool flush(Connection& connection) {
    while (connection.sent < connection.out.size()) {
      ssize_t count = ::send(connection.fd, connection.out.data() + connection.sent,
                             connection.out.size() - connection.sent, MSG_NOSIGNAL);
      if (count < 0) {
        if (errno != EAGAIN) {
          drop(connection);
          return false;
        }
        if (!std::exchange(connection.watching_writes, true)) watch(connection.fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return true;
      }
      connection.sent += static_cast<size_t>(count);
      bytes += static_cast<uint64_t>(count);
    }
    connection.out.clear();
    connection.sent = 0;
    if (std::exchange(connection.watching_writes, false)) watch(connection.fd, EPOLLIN, EPOLL_CTL_MOD);
    if (!connection.later.empty()) return true;
    if (connection.close_after) {
      drop(connection);
      return false;
    }
    if (std::exchange(connection.answering, false) && !connection.in.empty()) {
      next_question(connection);
      return false;
    }
    return true;
  }

  void drop(Connection& connection) {
    delayed.erase(connection.id);
    int fd = connection.fd;
    connections.erase(fd);
    ::close(fd);
  }
};

HttpServer::HttpServer(Handler handler, Millis latency, uint16_t port) : impl_(new Impl) {
  impl_->handler = std::move(handler);
  impl_->latency = latency;
  impl_->open(port);
}

HttpServer::~HttpServer() {
  uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(impl_->ending, &one, sizeof one);
  impl_->thread.join();
  for (const auto& [fd, connection] : impl_->connections) ::close(fd);
  for (int fd : {impl_->listener, impl_->poll, impl_->ending}) ::close(fd);
}

uint16_t HttpServer::port() const { return impl_->port; }
std::string HttpServer::url() const { return fmt::format("http://127.0.0.1:{}", impl_->port); }
uint64_t HttpServer::bytes_sent() const { return impl_->bytes; }

}  // namespace cadastre::scripted
