#include "aws/pacer.h"

#include <list>

#include "aws/token_bucket.h"

namespace cadastre::aws {
namespace {

constexpr size_t kShards = 16;  // keys are spread over so many locks

struct Waiter {
  std::condition_variable_any turn;
};

// One bucket and the queue before it. Only the first of the queue looks at the clock, so whoever came first goes first,
// and a rate that changes meanwhile counts for all who still wait.
struct Bucket {
  Bucket(const Rate& rate, TokenBucket::Instant now) : tokens(rate.per_second, rate.burst, now) {}
  std::mutex mutex;
  TokenBucket tokens;
  std::list<Waiter*> queue;
};

struct Shard {
  std::mutex mutex;
  std::unordered_map<std::string, std::unique_ptr<Bucket>> buckets;
};

// A place in the queue; leaving it, however that comes about, calls the next one.
class Place {
 public:
  explicit Place(Bucket& bucket) : bucket_(bucket), at_(bucket.queue.insert(bucket.queue.end(), &waiter_)) {}
  ~Place() {
    bool was_first = first();
    bucket_.queue.erase(at_);
    if (was_first && !bucket_.queue.empty()) bucket_.queue.front()->turn.notify_one();
  }
  bool first() const { return bucket_.queue.front() == &waiter_; }
  Waiter& waiter() { return waiter_; }

 private:
  Bucket& bucket_;
  Waiter waiter_;
  std::list<Waiter*>::iterator at_;
};

}  // namespace

struct Pacer::Impl {
  Clock& clock;
  std::function<Rate(std::string_view, std::string_view)> rate_of;
  double share;
  std::array<Shard, kShards> shards;
  std::atomic<uint64_t> calls = 0, waits = 0, throttles = 0;

  // nullptr: this action is not paced.
  Bucket* bucket(const PaceKey& key) {
    if (share <= 0) return nullptr;
    std::string name;
    name.reserve(96);
    for (const auto* part : {&key.account, &key.region, &key.service, &key.operation})
      name.append(*part).push_back('/');
    auto& shard = shards[std::hash<std::string>()(name) % kShards];
    std::lock_guard lock(shard.mutex);
    auto [found, added] = shard.buckets.try_emplace(std::move(name));
    if (added) {
      auto rate = rate_of(key.service, key.operation);
      if (rate.per_second > 0) {
        found->second = std::make_unique<Bucket>(Rate{rate.per_second * share, rate.burst * share}, clock.steady());
      }
    }
    return found->second.get();
  }
};

Pacer::Pacer(Clock& clock, std::function<Rate(std::string_view, std::string_view)> rate_of, double share)
    : impl_(new Impl{clock, std::move(rate_of), share, {}}) {}

Pacer::~Pacer() = default;

Result<void> Pacer::acquire(const PaceKey& key, std::chrono::steady_clock::time_point deadline, std::stop_token stop) {
  impl_->calls.fetch_add(1, std::memory_order_relaxed);
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled");
  auto* bucket = impl_->bucket(key);
  if (!bucket) return {};

  std::unique_lock lock(bucket->mutex);
  auto now = impl_->clock.steady();
  if (bucket->queue.empty() && bucket->tokens.take(now)) return {};
  auto too_late = [&] {
    return fail(ErrorCode::timeout,
                fmt::format("its turn, at {:.2g} calls a second, comes after the deadline", bucket->tokens.rate()));
  };
  if (bucket->tokens.ready(now, bucket->queue.size()) > deadline) return too_late();

  impl_->waits.fetch_add(1, std::memory_order_relaxed);
  Place place(*bucket);
  for (;;) {
    now = impl_->clock.steady();
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled while waiting for its turn");
    bool first = place.first();
    if (first && bucket->tokens.take(now)) return {};
    if (now >= deadline) return too_late();
    auto until = first ? std::min(bucket->tokens.ready(now), deadline) : deadline;
    // Bounded, because "no deadline" is too far away for a wait to be computed.
    auto patience = std::min<std::chrono::steady_clock::duration>(until - now, std::chrono::minutes(1));
    place.waiter().turn.wait_for(lock, stop, patience, [&] { return !first && place.first(); });
  }
}

void Pacer::throttled(const PaceKey& key) {
  impl_->throttles.fetch_add(1, std::memory_order_relaxed);
  if (auto* bucket = impl_->bucket(key)) {
    std::lock_guard lock(bucket->mutex);
    bucket->tokens.throttled(impl_->clock.steady());
  }
}

void Pacer::succeeded(const PaceKey& key) {
  if (auto* bucket = impl_->bucket(key)) {
    std::lock_guard lock(bucket->mutex);
    bucket->tokens.succeeded(impl_->clock.steady());
  }
}

Pacer::Counts Pacer::counts() const { return {impl_->calls, impl_->waits, impl_->throttles}; }

}  // namespace cadastre::aws
