#include "serve/follower.h"

#include "base/log.h"

namespace cadastre::serve {
namespace {

constexpr auto kPoll = std::chrono::seconds(1);       // for what other processes write
constexpr auto kSaveEvery = std::chrono::minutes(5);  // while there is something new
constexpr auto kRetry = std::chrono::seconds(5);

}  // namespace

Follower::Follower(store::Store& store, index::Index& index, std::string snapshot, api::EventHub& events, Clock& clock,
                   std::function<void()> on_ready)
    : store_(store),
      index_(index),
      snapshot_(std::move(snapshot)),
      events_(events),
      clock_(clock),
      on_ready_(std::move(on_ready)) {}

Follower::~Follower() { stop(); }

void Follower::start() {
  thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
}

void Follower::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (ready_) save();
}

void Follower::notify() {
  {
    std::lock_guard lock(mutex_);
    notified_ = true;
  }
  changed_.notify_all();
}

bool Follower::build(std::stop_token stop) {
  auto began = clock_.steady();
  auto built = index_.build(store_, snapshot_, stop);
  if (!built) {
    if (!stop.stop_requested()) log_warning("the index could not be built: {}", built.error().message);
    return false;
  }
  auto size = index_.size();
  told_ = size.sequence;
  unsaved_ = built->changes + (built->anew ? size.resources : 0);
  log_record(LogLevel::info, "the index is ready",
             {{"resources", size.resources},
              {"past", size.past},
              {"bytes", size.bytes},
              {"ms", std::chrono::duration_cast<Millis>(clock_.steady() - began).count()}});
  return true;
}

void Follower::work(std::stop_token stop) {
  while (!build(stop)) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kRetry, [] { return false; });
    if (stop.stop_requested()) return;
  }
  ready_ = true;
  on_ready_();
  auto saved = clock_.steady();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, kPoll, [&] { return notified_; });
      notified_ = false;
    }
    catch_up();
    if (clock_.steady() - saved > kSaveEvery) {
      save();
      saved = clock_.steady();
    }
  }
}

void Follower::catch_up() {
  if (!ready_) return;
  std::lock_guard lock(following_);
  auto followed = index_.follow(store_);
  if (!followed) return log_warning("the index could not follow the store: {}", followed.error().message);
  unsaved_ += *followed;
  if (*followed > 0) tell_changes();
}

void Follower::tell_changes() {
  auto upto = index_.size().sequence;
  if (events_.anyone()) {
    std::set<std::string> accounts;
    store::ChangeFilter filter;
    filter.after = told_;
    auto read = store_.inventory().changes(filter, [&](const store::Change& change) {
      accounts.insert(change.cell.account);
      return true;
    });
    if (read) events_.changes(accounts, clock_.now());
  }
  told_ = upto;
}

void Follower::save() {
  auto unsaved = unsaved_.load();
  if (snapshot_.empty() || unsaved == 0) return;
  auto saved = index_.save(snapshot_);
  if (!saved) return log_warning("{}; the next start builds the index anew", saved.error().message);
  unsaved_ -= unsaved;
}

}  // namespace cadastre::serve
