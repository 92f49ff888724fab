// A TCP connection to a port of this machine, for tests that say what no well-behaved client says. Header-only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

namespace cadastre::testing {

class RawSocket {
 public:
  // receive_buffer: bytes the system may keep for us; 0: as it likes.
  explicit RawSocket(int port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  ~RawSocket() { close(); }

  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void finish() { ::shutdown(fd_, SHUT_WR); }  // we say no more, and listen on

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // Some bytes; "" at the end, and when none came within the time.
  std::string receive(int milliseconds = 10'000) {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, milliseconds) <= 0) return {};
    std::string bytes(64 << 10, '\0');
    auto count = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      was_reset = count < 0;
      at_end = true;
      return {};
    }
    bytes.resize(static_cast<size_t>(count));
    return bytes;
  }
  // Everything until the server ends the connection.
  std::string receive_all(int milliseconds = 10'000) {
    std::string all;
    for (auto part = receive(milliseconds); !part.empty(); part = receive(milliseconds)) all += part;
    return all;
  }
  // Everything until `text` has come, or nothing comes any more.
  std::string receive_until(std::string_view text, int milliseconds = 10'000) {
    std::string all;
    while (all.find(text) == all.npos) {
      auto part = receive(milliseconds);
      if (part.empty()) break;
      all += part;
    }
    return all;
  }

  bool at_end = false, was_reset = false;  // what the last receive found

 private:
  int fd_;
  bool connected_ = false;
};

// How many times `text` is in `all`.
inline size_t count_of(std::string_view all, std::string_view text) {
  size_t count = 0;
  for (size_t at = all.find(text); at != all.npos; at = all.find(text, at + text.size())) ++count;
  return count;
}

}  // namespace cadastre::testing
