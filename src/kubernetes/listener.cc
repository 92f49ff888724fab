#include "kubernetes/listener.h"

#include <thread>

#include "base/log.h"
#include "kubernetes/bucket_dump.h"
#include "kubernetes/dump_place.h"
#include "kubernetes/ear.h"
#include "kubernetes/report_json.h"

namespace cadastre::kubernetes {
namespace {

constexpr Millis kLongPoll = std::chrono::seconds(20);
constexpr Millis kAfterTrouble = std::chrono::seconds(15);  // before a queue or a bucket that failed is asked again
constexpr Millis kLook = std::chrono::seconds(3);           // at the ledger: retries come through the store
constexpr Millis kTurn = std::chrono::seconds(1);           // how often a reader looks whose next try is due
constexpr Millis kArriving = std::chrono::minutes(1);       // how long the files of a manifest may come after it
constexpr uint64_t kLargestManifest = 4 << 20;

// Waits, unless it is asked to stop.
void pause(Millis time, std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any ended;
  ended.wait_for(lock, stop, time, [] { return false; });
}

// Nothing that happened around the dump: it is the dump itself.
bool is_poison(ErrorCode code) {
  return code == ErrorCode::invalid || code == ErrorCode::malformed || code == ErrorCode::refused ||
         code == ErrorCode::unsupported;
}

}  // namespace

struct Listener::State {
  explicit State(Works given)
      : works(std::move(given)),
        config(works.config->kubernetes),
        owners(config),
        ledger(works.store.clusters(), works.clock),
        ingester(works.catalog, works.store, works.clock) {}

  void hear(const DropboxConfig& box, std::stop_token stop);
  using Instant = std::chrono::steady_clock::time_point;
  Result<void> round(const DropboxConfig& box, Ear& ear, Instant& listed, std::stop_token stop);
  void read_on(std::stop_token stop);
  void read(store::DumpRow row, std::stop_token stop);
  Result<DumpReport> read_dump(const store::DumpRow& row, Cluster& cluster, std::stop_token stop);
  Result<aws::Session> session(const DropboxConfig& box, std::stop_token stop);

  Works works;
  const KubernetesConfig& config;
  Owners owners;
  Ledger ledger;
  Ingester ingester;

  std::mutex mutex;
  std::map<std::string, aws::Session> sessions;  // by bucket
  std::map<std::string, std::string> said;       // what was logged last, by bucket
  std::vector<std::jthread> threads;

  // Once for each new trouble, not at every try.
  void complain(const std::string& about, const std::string& message) {
    std::lock_guard lock(mutex);
    if (std::exchange(said[about], message) == message) return;
    if (!message.empty()) log_warning("{}", message);
  }
};

Result<aws::Session> Listener::State::session(const DropboxConfig& box, std::stop_token stop) {
  std::lock_guard lock(mutex);
  if (auto known = sessions.find(box.bucket); known != sessions.end()) return known->second;
  const collect::AccountsFrom from{*works.config, works.environment, works.client, works.models, works.store.cells()};
  collect::Account account;
  if (!box.account.empty()) {
    TRY_ASSIGN(account, collect::resolve_account(from, box.account, stop));
  } else {
    AccountConfig own;
    own.id = role_account(box.role).value_or("");
    own.name = "the drop-box " + box.bucket;
    own.profile = box.profile;
    own.role = box.role;
    own.external_id = box.external_id;
    own.regions = {box.region};
    account = collect::configured_account(from, own);
  }
  if (account.problem) return std::unexpected(account.problem->error);
  sessions[box.bucket] = account.session;
  return account.session;
}

// One drop-box, for as long as the program runs.
void Listener::State::hear(const DropboxConfig& box, std::stop_token stop) {
  std::optional<Ear> ear;
  auto listed = works.clock.steady() - box.every;  // so that the first thing is a listing: of what came meanwhile
  while (!stop.stop_requested()) {
    if (!ear) {
      auto entered = session(box, stop);
      if (!entered) {
        complain(box.bucket, fmt::format("the drop-box {} cannot be read: {}", box.bucket, entered.error().message));
        pause(kAfterTrouble, stop);
        continue;
      }
      std::optional<aws::Queue> queue;
      if (!box.queue.empty()) queue.emplace(works.client, *entered, box.region, box.queue);
      ear.emplace(box, owners, ledger, works.clock, aws::Bucket(works.client, *entered, box.region, box.bucket),
                  std::move(queue));
    }
    auto heard = round(box, *ear, listed, stop);
    if (stop.stop_requested()) return;
    complain(box.bucket, heard ? "" : fmt::format("the drop-box {}: {}", box.bucket, heard.error().message));
  }
}

// Lists when it is time, and waits for messages; where there is no queue, or it fails, for the next listing.
Result<void> Listener::State::round(const DropboxConfig& box, Ear& ear, Instant& listed, std::stop_token stop) {
  auto now = works.clock.steady();
  std::optional<Error> trouble;
  if (now - listed >= box.every) {
    listed = now;
    if (auto found = ear.list(stop); !found) {
      trouble = std::move(found).error();
      listed = now - box.every + kAfterTrouble;
    }
  }
  auto rest = box.every - std::chrono::duration_cast<Millis>(works.clock.steady() - listed);
  if (box.queue.empty()) {
    pause(std::max(rest, Millis(0)), stop);
  } else if (auto received = ear.receive(std::clamp(rest, Millis(0), kLongPoll), stop); !received) {
    if (!trouble) trouble = std::move(received).error();
    // Until the queue answers again, listing stands in for it.
    listed = std::min(listed, now - box.every + 2 * kAfterTrouble);
    pause(kAfterTrouble, stop);
  }
  if (trouble) return std::unexpected(std::move(*trouble));
  return {};
}

void Listener::State::read_on(std::stop_token stop) {
  while (!stop.stop_requested()) {
    if (auto row = ledger.take(kTurn, stop)) read(std::move(*row), stop);
  }
}

void Listener::State::read(store::DumpRow row, std::stop_token stop) {
  Cluster cluster;
  auto report = read_dump(row, cluster, stop);
  if (!report && stop.stop_requested()) return ledger.give_back(row);
  Result<void> noted;
  if (report) {
    works.read(cluster, *report);
    log_report(*report);
    noted = ledger.done(row, to_json(report_json(*report)));
  } else if (is_poison(report.error().code)) {
    log_warning("the dump {} of the cluster {} is set aside: {}", row.dump, row.cluster, report.error().message);
    noted = ledger.poison(row, report.error().message);
  } else {
    log_warning("the dump {} of the cluster {} is tried again: {}", row.dump, row.cluster, report.error().message);
    noted = ledger.again(row, report.error().message);
  }
  if (!noted) log_warning("the dump {} of the cluster {}: {}", row.dump, row.cluster, noted.error().message);
}

Result<DumpReport> Listener::State::read_dump(const store::DumpRow& row, Cluster& cluster, std::stop_token stop) {
  auto place = parse_s3_url(row.place);
  auto owner = place ? owners.of(place->bucket, place->key) : std::nullopt;
  auto box =
      owner ? std::ranges::find(config.dropboxes, owner->bucket, &DropboxConfig::bucket) : config.dropboxes.end();
  if (!owner || box == config.dropboxes.end() || owner->cluster.name != row.cluster) {
    return fail(ErrorCode::invalid, fmt::format("the configuration has no cluster {} whose dumps are at {}; add it and "
                                                "try again",
                                                row.cluster, row.place));
  }
  cluster = owner->cluster;
  TRY_ASSIGN(auto entered, session(*box, stop));
  BucketDump dump(aws::Bucket(works.client, entered, box->region, box->bucket), place->key, stop);

  auto manifest = dump.open(std::string(kManifest));
  if (!manifest && manifest.error().code == ErrorCode::not_found && row.tries > 1)
    return fail(ErrorCode::invalid, manifest.error().message + ": it has expired, or was removed");
  if (!manifest) return std::unexpected(std::move(manifest).error());
  TRY_ASSIGN(auto text, read_all(**manifest, kLargestManifest));
  TRY_ASSIGN(auto parsed, parse_manifest(text));
  TRY_ASSIGN(auto files, dump.files());
  auto missing = missing_file(parsed, files);
  if (!missing.empty() && works.clock.now() - row.seen < kArriving)
    return fail(ErrorCode::timeout, fmt::format("its file {} is not there yet", missing));
  return ingester.ingest(cluster, dump, row.seen, stop);
}

Listener::Listener(Works works) : state_(std::make_unique<State>(std::move(works))) {}

Listener::~Listener() { stop(); }

Result<void> Listener::start() {
  auto& s = *state_;
  if (s.config.dropboxes.empty()) return {};
  TRY(s.ledger.resume());
  for (const auto& box : s.config.dropboxes) {
    s.threads.emplace_back([&s, &box](std::stop_token stop) { s.hear(box, stop); });
  }
  for (int i = 0; i < s.works.readers; ++i) s.threads.emplace_back([&s](std::stop_token stop) { s.read_on(stop); });
  s.threads.emplace_back([&s](std::stop_token stop) {
    for (pause(kLook, stop); !stop.stop_requested(); pause(kLook, stop)) {
      auto looked = s.ledger.refresh();
      s.complain("the ledger", looked ? "" : "the ledger of dumps cannot be read: " + looked.error().message);
    }
  });
  return {};
}

void Listener::stop() {
  for (auto& thread : state_->threads) thread.request_stop();
  state_->threads.clear();
}

}  // namespace cadastre::kubernetes
