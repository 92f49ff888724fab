#include "kubernetes/ledger.h"

#include <fmt/format.h>

#include "base/log.h"
#include "kubernetes/dump_place.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::string_view kLeft = "left: a newer dump was there first";
constexpr size_t kLookBack = 100;  // dumps among which the newest is looked for

std::pair<Time, std::string> rank_of(const store::DumpRow& dump) { return {counts_from(dump), dump.dump}; }

}  // namespace

Time counts_from(const store::DumpRow& dump) { return std::min(dump_time(dump.dump).value_or(dump.seen), dump.seen); }

Result<store::DumpRow> retry_dump(store::Clusters& store, const std::string& cluster, const std::string& dump) {
  TRY_ASSIGN(auto row, store.dump(cluster, dump));
  if (!row) {
    return fail(ErrorCode::not_found, fmt::format("no dump {} of the cluster {} was ever seen; `cadastre kubernetes "
                                                  "dumps` lists them",
                                                  dump, cluster));
  }
  if (row->state == store::DumpState::done)
    return fail(ErrorCode::invalid, fmt::format("the dump {} of the cluster {} is done", dump, cluster));
  row->state = store::DumpState::waiting;
  row->reason.clear();
  row->tries = 0;
  row->settled.reset();
  TRY(store.put_dump(*row));
  return std::move(*row);
}

// The mutex is held.
Result<Ledger::Queue*> Ledger::queue(const std::string& cluster) {
  auto [at, fresh] = queues_.try_emplace(cluster);
  if (fresh) {
    auto known = store_.dumps(cluster, std::nullopt, kLookBack);
    auto done = store_.dumps(cluster, store::DumpState::done, kLookBack);
    if (!known || !done) {
      queues_.erase(at);
      return std::unexpected(std::move(known ? done : known).error());
    }
    auto& queue = at->second;
    for (const auto& row : *known) queue.noted = std::max(queue.noted, std::optional(counts_from(row)));
    for (const auto& row : *done) {
      if (!row.report.empty()) queue.read = std::max(queue.read, std::optional(rank_of(row)));  // else it was left
    }
  }
  return &at->second;
}

Result<void> Ledger::resume() {
  TRY_ASSIGN(auto rows, store_.dumps("", store::DumpState::waiting, 0));
  for (auto& row : rows) {
    // A try that left no reason ended with the program. Once may be chance.
    if (row.tries >= options_.crashes && row.reason.empty()) {
      log_warning("the dump {} of the cluster {} is set aside: the program ended {} times while it was read", row.dump,
                  row.cluster, row.tries);
      std::lock_guard lock(mutex_);
      TRY(settle(row, store::DumpState::poison,
                 fmt::format("the program ended {} times while it was read", row.tries)));
    }
  }
  return refresh();
}

Result<void> Ledger::refresh() {
  std::lock_guard lock(mutex_);  // first, or what is settled meanwhile would wait again
  TRY_ASSIGN(auto rows, store_.dumps("", store::DumpState::waiting, 0));
  for (auto& row : rows) {
    TRY_ASSIGN(auto* queue, queue(row.cluster));
    auto rank = rank_of(row);
    auto known = queue->waiting.find(rank);
    if (known == queue->waiting.end())
      queue->waiting[rank].row = std::move(row);
    else if (row.tries < known->second.row.tries && !queue->busy)
      known->second = {std::move(row), {}};  // somebody asked for another try, at once
  }
  changed_.notify_all();
  return {};
}

Result<bool> Ledger::note(const std::string& cluster, const std::string& dump, const std::string& place,
                          std::optional<Time> arrived) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto known, store_.dump(cluster, dump));
  if (known) return false;
  store::DumpRow row;
  row.cluster = cluster;
  row.dump = dump;
  row.place = place;
  row.seen = std::min(arrived.value_or(clock_.now()), clock_.now());
  TRY(store_.put_dump(row));
  TRY_ASSIGN(auto* queue, queue(cluster));
  queue->waiting.try_emplace(rank_of(row), Waiting{row, {}});
  queue->noted = std::max(queue->noted, std::optional(counts_from(row)));
  changed_.notify_all();
  return true;
}

// The oldest, unless it waits for its next try and has done so often enough.
std::map<Ledger::Rank, Ledger::Waiting>::iterator Ledger::next_of(Queue& queue,
                                                                  std::chrono::steady_clock::time_point now) {
  for (auto at = queue.waiting.begin(); at != queue.waiting.end(); ++at) {
    if (at->second.due <= now) return at;
    if (at->second.row.tries < options_.patience) break;
  }
  return queue.waiting.end();
}

std::optional<store::DumpRow> Ledger::take_now() {
  std::lock_guard lock(mutex_);
  auto now = clock_.steady();
  for (;;) {
    Queue* chosen = nullptr;
    std::map<Rank, Waiting>::iterator next;
    for (auto& [cluster, queue] : queues_) {
      if (queue.busy || (chosen && chosen->served <= queue.served)) continue;
      if (auto at = next_of(queue, now); at != queue.waiting.end()) {
        chosen = &queue;
        next = at;
      }
    }
    if (!chosen) return std::nullopt;
    auto& row = next->second.row;
    if (chosen->read && next->first < *chosen->read) {
      auto left = row;
      // Kept where it is when the store does not take it: its turn comes again, a little later.
      if (settle(left, store::DumpState::done, std::string(kLeft)))
        chosen->waiting.erase(next);
      else
        next->second.due = now + options_.pause;
      continue;
    }
    // Noted before it is read, so that one that ends the program is known by it.
    auto begun = row;
    ++begun.tries;
    begun.reason.clear();
    if (auto noted = store_.put_dump(begun); !noted) {
      log_warning("the dump {} of the cluster {} must wait: {}", row.dump, row.cluster, noted.error().message);
      next->second.due = now + options_.pause;
      continue;
    }
    row = begun;
    chosen->busy = true;
    chosen->served = ++turn_;
    return begun;
  }
}

std::optional<store::DumpRow> Ledger::take(Millis patience, std::stop_token stop) {
  if (auto row = take_now()) return row;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, patience, [] { return false; });
  }
  if (stop.stop_requested()) return std::nullopt;
  return take_now();
}

Result<void> Ledger::settle(store::DumpRow& dump, store::DumpState state, std::string reason) {
  dump.state = state;
  dump.reason = std::move(reason);
  dump.settled = clock_.now();
  return store_.put_dump(dump);
}

Result<void> Ledger::done(store::DumpRow dump, std::string report) {
  std::lock_guard lock(mutex_);
  auto& queue = queues_.at(dump.cluster);
  auto rank = rank_of(dump);
  queue.busy = false;
  changed_.notify_all();
  dump.report = std::move(report);
  auto settled = settle(dump, store::DumpState::done, "");
  if (!settled) {  // it is read once more, and finds nothing new
    queue.waiting[rank].due = clock_.steady() + options_.pause;
    return settled;
  }
  queue.waiting.erase(rank);
  queue.read = std::max(queue.read, std::optional(rank));
  return {};
}

Result<void> Ledger::poison(store::DumpRow dump, std::string reason) {
  std::lock_guard lock(mutex_);
  auto& queue = queues_.at(dump.cluster);
  queue.busy = false;
  changed_.notify_all();
  auto settled = settle(dump, store::DumpState::poison, std::move(reason));
  if (settled)
    queue.waiting.erase(rank_of(dump));
  else
    queue.waiting[rank_of(dump)].due = clock_.steady() + options_.pause;
  return settled;
}

Result<void> Ledger::again(store::DumpRow dump, std::string reason) {
  std::lock_guard lock(mutex_);
  auto& queue = queues_.at(dump.cluster);
  queue.busy = false;
  changed_.notify_all();
  dump.reason = std::move(reason);
  auto doubled = options_.pause * (int64_t{1} << std::clamp(dump.tries - 1, 0, 20));
  queue.waiting[rank_of(dump)] = {dump, clock_.steady() + std::min(doubled, options_.longest)};
  return store_.put_dump(dump);
}

void Ledger::give_back(const store::DumpRow& dump) {
  std::lock_guard lock(mutex_);
  auto back = dump;
  back.tries = std::max(0, back.tries - 1);
  // When this fails the next start counts one try too many, which does no harm.
  if (auto noted = store_.put_dump(back); !noted)
    log_debug("the dump {} of {} was not given back: {}", dump.dump, dump.cluster, noted.error().message);
  auto& queue = queues_.at(dump.cluster);
  queue.waiting[rank_of(dump)].row = back;
  queue.busy = false;
}

size_t Ledger::waiting() const {
  std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [cluster, queue] : queues_) count += queue.waiting.size();
  return count;
}

Result<std::optional<Time>> Ledger::newest(const std::string& cluster) {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(auto* found, queue(cluster));
  return found->noted;
}

}  // namespace cadastre::kubernetes
