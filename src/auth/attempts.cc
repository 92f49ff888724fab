#include "auth/attempts.h"

#include <list>

#include "base/address.h"
#include "base/hash.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

using Steady = std::chrono::steady_clock::time_point;

// After `free` failures each costs twice the wait of the one before, from one second to `longest`.
struct Pace {
  int free;
  Millis longest;
  Millis wait(int failures) const {
    if (failures < free) return Millis(0);
    return std::min<Millis>(Millis(1000) * (int64_t{1} << std::min(failures - free, 20)), longest);
  }
};
constexpr Pace kNamed{5, std::chrono::minutes(15)};
// An office shares an address, so it may mistype more, and is never held up for long.
constexpr Pace kAddress{50, std::chrono::minutes(1)};
constexpr Millis kForgotten = std::chrono::hours(1);

}  // namespace

std::string client_of(std::string_view address) {
  auto network = parse_network(address);
  if (!network) return std::string(address);
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  bool v4 = std::equal(kMapped.begin(), kMapped.end(), network->bytes.begin());
  return std::string(reinterpret_cast<const char*>(network->bytes.data()), v4 ? 16 : 8);
}

struct Attempts::State {
  struct Entry {
    Hash128 key;
    int failures = 0;
    Steady last{};
    Pace pace;
  };
  Clock& clock;
  const size_t remembered;
  State(Clock& clock_of, size_t at_most) : clock(clock_of), remembered(at_most) {}

  std::mutex mutex;
  std::list<Entry> entries;  // the last touched first
  std::unordered_map<Hash128, std::list<Entry>::iterator> by_key;

  Entry& touch(const Hash128& key, const Pace& pace, Steady now) {
    auto found = by_key.find(key);
    if (found != by_key.end()) {
      entries.splice(entries.begin(), entries, found->second);
      if (now - entries.front().last > kForgotten) entries.front().failures = 0;
      return entries.front();
    }
    if (entries.size() >= remembered) {
      by_key.erase(entries.back().key);
      entries.pop_back();
    }
    entries.push_front({key, 0, now, pace});
    by_key[key] = entries.begin();
    return entries.front();
  }
  static Millis to_wait(const Entry& entry, Steady now) {
    auto until = entry.last + entry.pace.wait(entry.failures);
    return now >= until ? Millis(0) : std::chrono::ceil<Millis>(until - now);
  }
};

namespace {

// Hashes, so that a name of a megabyte takes as little room as any.
Hash128 named_key(std::string_view name, std::string_view address) {
  return hash128(lower(name) + '\0' + client_of(address));
}
Hash128 address_key(std::string_view address) { return hash128("address" + client_of(address)); }

}  // namespace

Attempts::Attempts(Clock& clock, size_t remembered) : state_(new State(clock, std::max<size_t>(remembered, 2))) {}
Attempts::~Attempts() = default;

Result<void> Attempts::begin(std::string_view name, std::string_view address) {
  auto now = state_->clock.steady();
  std::lock_guard lock(state_->mutex);
  auto& by_address = state_->touch(address_key(address), kAddress, now);
  auto& named = state_->touch(named_key(name, address), kNamed, now);
  auto wait = std::max(State::to_wait(named, now), State::to_wait(by_address, now));
  if (wait > Millis(0)) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return fail(ErrorCode::throttled,
                fmt::format("too many attempts to sign in; try again in {} second{}", seconds, seconds == 1 ? "" : "s"),
                std::to_string(seconds));
  }
  for (auto* entry : {&by_address, &named}) {
    ++entry->failures;
    entry->last = now;
  }
  return {};
}

void Attempts::succeeded(std::string_view name, std::string_view address) {
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->by_key.find(named_key(name, address)); found != state_->by_key.end()) {
    state_->entries.erase(found->second);
    state_->by_key.erase(found);
  }
  // The address only gets this attempt back: a password of one's own does not buy tries at the others'.
  if (auto found = state_->by_key.find(address_key(address)); found != state_->by_key.end()) {
    found->second->failures = std::max(0, found->second->failures - 1);
  }
}

}  // namespace cadastre::auth
