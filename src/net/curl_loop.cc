#include "net/curl_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cadastre {
namespace {

constexpr int kEventsAtOnce = 64;
constexpr long kKeptConnections = 1024;

uint32_t epoll_events(int what) {
  return (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
}

int curl_events(uint32_t events) {
  return (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
         (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR | CURL_CSELECT_IN : 0);
}

}  // namespace

CurlShare::CurlShare() : share_(curl_share_init()) {
  auto lock = [](CURL*, curl_lock_data data, curl_lock_access, void* self) {
    static_cast<CurlShare*>(self)->mutexes_[data].lock();
  };
  auto unlock = [](CURL*, curl_lock_data data, void* self) { static_cast<CurlShare*>(self)->mutexes_[data].unlock(); };
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, static_cast<curl_lock_function>(lock));
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, static_cast<curl_unlock_function>(unlock));
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

CurlShare::~CurlShare() { curl_share_cleanup(share_); }

CurlLoop::CurlLoop(const HttpClientOptions& options, CURLSH* share)
    : options_(options), share_(share), multi_(curl_multi_init()) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wakeup_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wakeup_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event);

  int per_loop = std::max(1, options.max_connections_per_host / std::max(1, options.io_threads));
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(per_loop));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
  thread_ = std::thread([this] { run(); });
}

CurlLoop::~CurlLoop() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
  handles_.clear();
  curl_multi_cleanup(multi_);
  ::close(wakeup_);
  ::close(epoll_);
}

void CurlLoop::wake() {
  uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(wakeup_, &one, sizeof one);
}

void CurlLoop::start(ExchangePtr exchange) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    first = starting_.empty();
    starting_.push_back(std::move(exchange));
  }
  if (first) wake();  // otherwise whoever was first has woken the thread for all
}

void CurlLoop::cancel(ExchangePtr exchange, Error error) {
  {
    std::lock_guard lock(mutex_);
    cancelling_.push_back({std::move(exchange), std::move(error)});
  }
  wake();
}

int CurlLoop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
  auto& loop = *static_cast<CurlLoop*>(self);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.events = epoll_events(what);
  event.data.fd = socket;
  if (::epoll_ctl(loop.epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0) {
    // A descriptor that was closed and given out again is known to one side only.
    ::epoll_ctl(loop.epoll_, known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  }
  if (!known) curl_multi_assign(loop.multi_, socket, self);
  return 0;
}

int CurlLoop::on_timer(CURLM*, long milliseconds, void* self) {
  auto& timer = static_cast<CurlLoop*>(self)->timer_;
  if (milliseconds < 0)
    timer.reset();
  else
    timer = std::chrono::steady_clock::now() + Millis(milliseconds);
  return 0;
}

int CurlLoop::wait_time() const {
  if (!timer_) return -1;
  auto left = std::chrono::ceil<Millis>(*timer_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void CurlLoop::run() {
  std::array<epoll_event, kEventsAtOnce> events;
  for (;;) {
    int count = ::epoll_wait(epoll_, events.data(), kEventsAtOnce, wait_time());
    int running = 0;
    bool woken = false;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == wakeup_)
        woken = true;
      else
        curl_multi_socket_action(multi_, events[i].data.fd, curl_events(events[i].events), &running);
    }
    if (woken && !take_messages()) return;
    if (timer_ && *timer_ <= std::chrono::steady_clock::now()) {
      timer_.reset();
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    end_finished();
  }
}

bool CurlLoop::take_messages() {
  uint64_t times;
  [[maybe_unused]] auto got = ::read(wakeup_, &times, sizeof times);
  std::vector<ExchangePtr> starting;
  std::vector<Cancellation> cancelling;
  bool ending;
  {
    std::lock_guard lock(mutex_);
    starting.swap(starting_);
    cancelling.swap(cancelling_);
    ending = ending_;
  }
  for (auto& exchange : starting) begin(std::move(exchange));
  for (auto& [exchange, error] : cancelling) {
    if (exchange->easy) end(*static_cast<CurlEasy*>(exchange->easy), std::move(error));
  }
  if (!ending) return true;
  for (auto& easy : handles_) {
    if (easy->busy()) end(*easy, Error{ErrorCode::cancelled, "the program is ending", {}});
  }
  return false;
}

void CurlLoop::begin(ExchangePtr exchange) {
  if (idle_.empty()) {
    handles_.push_back(std::make_unique<CurlEasy>(options_, share_));
    idle_.push_back(handles_.back().get());
  }
  auto* easy = idle_.back();
  idle_.pop_back();
  easy->prepare(std::move(exchange));
  curl_multi_add_handle(multi_, easy->get());
}

void CurlLoop::end(CurlEasy& easy, std::optional<Error> error) {
  curl_multi_remove_handle(multi_, easy.get());
  auto exchange = easy.release();
  exchange->error = std::move(error);
  idle_.push_back(&easy);
  exchange->finish();
}

void CurlLoop::end_finished() {
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    char* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    auto& easy = *reinterpret_cast<CurlEasy*>(owner);
    end(easy, code == CURLE_OK ? std::nullopt : std::optional(easy.explain(code)));
  }
}

}  // namespace cadastre
