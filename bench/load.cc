// Asks an HTTP server as fast as it answers: so many connections that each have one question under way, taken from a
// file of paths in turn. Prints one JSON object: what came back, and how long it took. For ./dev bench api.
//
//   load PORT CONNECTIONS SECONDS PATHS-FILE [--rate N] [--idle N] [--header "Name: value"]
//
// With a rate, a question falls due every 1/N of a second whether the others have been answered or not, as people ask;
// what it took counts from then, so waiting for a free connection is part of it.
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
#include <deque>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string received;
  bool asked = false;
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
  // `rate` 0: as fast as they are answered.
  Load(int port, size_t connections, double rate, std::vector<std::string> questions)
      : port_(port), rate_(rate), questions_(std::move(questions)), connections_(connections) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) give_up("epoll");
  }

  Figures run(double seconds) {
    begin_ = Steady::now();
    end_ = begin_ + in_clock(seconds);
    for (size_t i = 0; i < connections_.size(); ++i) {
      connect(i);
      free_.push_back(i);
    }
    std::vector<epoll_event> events(connections_.size());
    for (;;) {
      auto wait = ask_what_is_due();
      if (under_way_ == 0 && Steady::now() >= end_) break;
      int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait);
      if (count == 0 && wait == kGivenUp) break;
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

  static Steady::duration in_clock(double seconds) {
    return std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
  }

  // Milliseconds until there may be more to ask.
  int ask_what_is_due() {
    auto now = Steady::now();
    for (; !free_.empty(); free_.pop_front()) {
      auto due = rate_ > 0 ? begin_ + in_clock(static_cast<double>(next_) / rate_) : now;
      if (due >= end_ || now >= end_) break;
      if (due > now) return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(due - now).count());
      ask(free_.front(), due);
    }
    return kGivenUp;
  }

  void ask(size_t index, Steady::time_point due) {
    auto& connection = connections_[index];
    const auto& question = questions_[next_++ % questions_.size()];
    connection.received.clear();
    connection.asked = true;
    connection.began = due;
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
      ::close(connection.socket);
      connect(index);
      if (!connection.asked) return;  // the server let go of it for its silence
      ++figures_.broken;
      return done(index);
    }
    connection.received.append(buffer, static_cast<size_t>(size));
    auto whole = whole_length(connection.received);
    if (whole == 0 || connection.received.size() < whole) return;
    figures_.millis.push_back(std::chrono::duration<double, std::milli>(Steady::now() - connection.began).count());
    ++figures_.statuses[std::atoi(connection.received.c_str() + 9)];
    figures_.bytes += whole;
    done(index);
  }

  void done(size_t index) {
    connections_[index].asked = false;
    --under_way_;
    free_.push_back(index);
  }

  static constexpr int kGivenUp = 10'000;  // what does not answer for so many milliseconds is broken
  int port_, epoll_ = -1;
  double rate_;
  std::vector<std::string> questions_;
  std::vector<Connection> connections_;
  std::deque<size_t> free_;  // the one that has waited longest first
  size_t next_ = 0, under_way_ = 0;
  Steady::time_point begin_, end_;
  Figures figures_;
};

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("load PORT CONNECTIONS SECONDS PATHS-FILE [--rate N] [--idle N] [--header 'Name: value']\n", stderr);
    return 2;
  }
  int port = std::atoi(argv[1]);
  double seconds = std::atof(argv[3]);
  std::string headers;
  int idle = 0;
  double rate = 0;
  for (int i = 5; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--rate") == 0) rate = std::atof(argv[i + 1]);
    if (std::strcmp(argv[i], "--idle") == 0) idle = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--header") == 0) headers += std::string(argv[i + 1]) + "\r\n";
  }
  std::vector<std::string> questions;
  std::ifstream file(argv[4]);
  for (std::string path; std::getline(file, path);)
    questions.push_back("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  if (questions.empty()) return 2;
  for (int i = 0; i < idle; ++i) open_connection(port);
  Load load(port, static_cast<size_t>(std::atoi(argv[2])), rate, std::move(questions));
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
