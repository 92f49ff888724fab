// Asks an HTTP server as fast as it answers: so many connections that each have one question under way, taken from a
// file of paths in turn. Prints one JSON object: what came back, and how long it took. For ./dev bench api.
//
//   load PORT CONNECTIONS SECONDS PATHS-FILE [--idle N] [--header "Name: value"]
//
// Idle connections are opened first and say nothing. One thread, epoll: on two cores most is left to the server.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string received;
  Steady::time_point began;
};

struct Figures {
  std::vector<double> millis;
  std::map<int, uint64_t> statuses;
  uint64_t bytes = 0, broken = 0;
};

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

int open_connection(int port) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
  return socket;
}

// The length of the whole answer once it is known: its head has ended and said so. 0: not yet.
size_t whole_length(const std::string& received) {
  auto end = received.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  auto at = received.find("Content-Length: ");
  if (at == std::string::npos || at > end) return 0;
  return end + 4 + std::strtoull(received.c_str() + at + 16, nullptr, 10);
}

class Load {
 public:
  Load(int port, size_t connections, std::vector<std::string> questions)
      : port_(port), questions_(std::move(questions)), connections_(connections) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) give_up("epoll");
  }

  Figures run(double seconds) {
    end_ = Steady::now() + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
    for (size_t i = 0; i < connections_.size(); ++i) {
      connect(i);
      ask(i);
    }
    std::vector<epoll_event> events(connections_.size());
    while (under_way_ > 0) {
      int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10'000);
      if (count == 0) break;  // what does not answer for ten seconds is broken
      for (int i = 0; i < count; ++i) read(events[static_cast<size_t>(i)].data.u64);
    }
    figures_.broken += under_way_;
    return std::move(figures_);
  }

 private:
  void connect(size_t index) {
    auto& connection = connections_[index];
    connection.socket = open_connection(port_);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
  }

  void ask(size_t index) {
    if (Steady::now() >= end_) return;
    auto& connection = connections_[index];
    const auto& question = questions_[next_++ % questions_.size()];
    connection.received.clear();
    connection.began = Steady::now();
    if (::send(connection.socket, question.data(), question.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(question.size()))
      give_up("send");
    ++under_way_;
  }

  void read(size_t index) {
    auto& connection = connections_[index];
    char buffer[64 << 10];
    auto size = ::recv(connection.socket, buffer, sizeof buffer, 0);
    if (size <= 0) {
      ++figures_.broken;
      --under_way_;
      ::close(connection.socket);
      connect(index);
      return ask(index);
    }
    connection.received.append(buffer, static_cast<size_t>(size));
    auto whole = whole_length(connection.received);
    if (whole == 0 || connection.received.size() < whole) return;
    figures_.millis.push_back(std::chrono::duration<double, std::milli>(Steady::now() - connection.began).count());
    ++figures_.statuses[std::atoi(connection.received.c_str() + 9)];
    figures_.bytes += whole;
    --under_way_;
    ask(index);
  }

  int port_, epoll_ = -1;
  std::vector<std::string> questions_;
  std::vector<Connection> connections_;
  size_t next_ = 0, under_way_ = 0;
  Steady::time_point end_;
  Figures figures_;
};

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("load PORT CONNECTIONS SECONDS PATHS-FILE [--idle N] [--header 'Name: value']\n", stderr);
    return 2;
  }
  int port = std::atoi(argv[1]);
  double seconds = std::atof(argv[3]);
  std::string headers;
  int idle = 0;
  for (int i = 5; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--idle") == 0) idle = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--header") == 0) headers += std::string(argv[i + 1]) + "\r\n";
  }
  std::vector<std::string> questions;
  std::ifstream file(argv[4]);
  for (std::string path; std::getline(file, path);)
    questions.push_back("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  if (questions.empty()) return 2;
  for (int i = 0; i < idle; ++i) open_connection(port);
  Load load(port, static_cast<size_t>(std::atoi(argv[2])), std::move(questions));
  auto began = Steady::now();
  auto figures = load.run(seconds);
  double took = std::chrono::duration<double>(Steady::now() - began).count();
  std::ranges::sort(figures.millis);
  std::string statuses;
  for (auto [status, count] : figures.statuses)
    statuses += (statuses.empty() ? "" : ",") + ("\"" + std::to_string(status) + "\":" + std::to_string(count));
  std::printf(
      "{\"seconds\":%.3f,\"answers\":%zu,\"per_second\":%.1f,\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,"
      "\"max_ms\":%.2f,\"bytes\":%llu,\"broken\":%llu,\"statuses\":{%s}}\n",
      took, figures.millis.size(), static_cast<double>(figures.millis.size()) / took, percentile(figures.millis, 0.5),
      percentile(figures.millis, 0.9), percentile(figures.millis, 0.99), percentile(figures.millis, 1),
      static_cast<unsigned long long>(figures.bytes), static_cast<unsigned long long>(figures.broken),
      statuses.c_str());
  return 0;
}
