#include "serve/keeper.h"

#include "base/background.h"
#include "base/log.h"
#include "collect/kind_map.h"
#include "serve/notify.h"

namespace cadastre::serve {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kKeepDumps = std::chrono::days(30);
constexpr auto kKeepHealth = std::chrono::days(400);

// Work that comes back: due for the first time some while after the start, so that a start is not held up.
struct Chore {
  Steady::duration every;
  Steady::time_point next;
  bool due(Steady::time_point now) {
    if (now < next) return false;
    next = now + every;
    return true;
  }
};

}  // namespace

std::optional<store::Retention> retention_of(std::string_view kind, const catalog::Kind* stanza,
                                             const std::map<std::string, RetentionConfig>& entries) {
  if (const auto* entry = collect::entry_for(entries, kind)) return store::Retention{entry->keep, entry->versions};
  if (stanza && stanza->window) return store::Retention{stanza->window, std::nullopt};
  auto usual = entries.find("default");
  if (usual == entries.end()) return std::nullopt;
  return store::Retention{usual->second.keep, usual->second.versions};
}

void Keeper::start() {
  thread_ = std::jthread([this](std::stop_token stop) { work(stop); });
}

void Keeper::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

// Objects of a drop-box expire sooner, so that a listing cannot find again what the ledger forgot.
void Keeper::forget_dumps() {
  auto& clusters = works_.store.clusters();
  auto now = works_.clock.now();
  auto dumps = clusters.forget_dumps(now - kKeepDumps);
  auto health = clusters.forget_health(now - kKeepHealth);
  for (const auto* forgotten : {&dumps, &health}) {
    if (!*forgotten) log_warning("what came from clusters long ago was not forgotten: {}", forgotten->error().message);
  }
}

void Keeper::prune(std::stop_token stop) {
  forget_dumps();
  auto config = works_.config();
  auto cells = works_.store.cells().list();
  if (!cells) return log_warning("nothing was forgotten: {}", cells.error().message);
  std::set<std::string> kinds;
  for (const auto& cell : *cells) kinds.insert(cell.key.kind);
  for (const auto& kind : kinds) {
    auto retention = retention_of(kind, works_.catalog.find(kind), config->retention);
    if (!retention || stop.stop_requested()) continue;
    auto pruned = works_.store.inventory().prune(kind, *retention, works_.clock.now(), stop);
    if (!pruned) {
      log_warning("old versions of {} were not forgotten: {}", kind, pruned.error().message);
    } else if (pruned->versions + pruned->resources > 0) {
      log_record(LogLevel::info, "forgot what is older than asked",
                 {{"kind", kind}, {"versions", pruned->versions}, {"resources", pruned->resources}});
    }
  }
}

void Keeper::work(std::stop_token stop) {
  work_in_background();
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  auto start = works_.clock.steady();
  Chore forget{hours(24), start + minutes(10)}, expire{hours(1), start + minutes(1)}, measure{minutes(10), start},
      ask{minutes(1), start + minutes(1)};
  auto watchdog = watchdog_interval();
  Chore alive{watchdog.value_or(Millis(0)), start};
  auto beat = std::min<Millis>(seconds(5), watchdog.value_or(seconds(5)));
  while (!stop.stop_requested()) {
    auto now = works_.clock.steady();
    if (watchdog && alive.due(now)) notify("WATCHDOG=1");
    if (ask.due(now)) works_.events.ask_again();
    if (measure.due(now)) {
      if (auto stats = works_.store.stats()) works_.metrics.set_store_bytes(stats->bytes);
    }
    if (expire.due(now)) {
      if (auto forgot = works_.store.identity().forget_expired(works_.clock.now()); !forgot)
        log_warning("sessions past their time were not forgotten: {}", forgot.error().message);
    }
    if (forget.due(now)) prune(stop);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, beat, [] { return false; });
  }
}

}  // namespace cadastre::serve
