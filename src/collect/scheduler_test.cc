#include "collect/scheduler.h"

#include <doctest/doctest.h>

#include <latch>

#include "support/fakes.h"
#include "support/folder.h"

using namespace cadastre;
using namespace cadastre::collect;
using cadastre::testing::FakeClock;
using std::chrono::hours, std::chrono::minutes;

namespace {

template <typename T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result, (result ? std::string() : result.error().message));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

store::Cell cell_of(std::string kind, std::optional<Time> attempted, std::string account = "111111111111") {
  store::Cell cell;
  cell.key = {std::move(account), "eu-west-1", std::move(kind)};
  cell.attempted = attempted;
  return cell;
}

// A collection that takes as long as the test wants, and remembers what was asked of it.
class Stage {
 public:
  explicit Stage(SchedulerOptions options = {})
      : store(must(store::open_store("sqlite:" + (folder / "c.db"), clock))), options_(std::move(options)) {
    options_.retry = Millis(0);
    scheduler = std::make_unique<Scheduler>(
        *store, clock, [this](const auto& run, auto&, auto stop) { return collect(run, stop); }, options_);
  }
  ~Stage() {
    release();
    scheduler->stop();
  }

  std::vector<RunOptions> wait_for(size_t runs) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return begun.size() >= runs; }));
    return begun;
  }
  void wait_ended(size_t runs) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return ended >= runs; }));
  }
  void hold() {
    std::lock_guard lock(mutex);
    held = true;
  }
  void release() {
    std::lock_guard lock(mutex);
    held = false;
    changed.notify_all();
  }

  cadastre::testing::Folder folder;
  FakeClock clock;
  std::unique_ptr<store::Store> store;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<RunOptions> begun;
  size_t ended = 0;
  bool held = false;
  std::function<void(const RunOptions&)> work;
  std::unique_ptr<Scheduler> scheduler;

 private:
  Result<Report> collect(const RunOptions& run, std::stop_token stop) {
    {
      std::lock_guard lock(mutex);
      begun.push_back(run);
      changed.notify_all();
    }
    if (work) work(run);
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [&] { return !held; });
    ++ended;
    changed.notify_all();
    Report report;
    report.stopped = stop.stop_requested();
    return report;
  }

  SchedulerOptions options_;
};

SchedulerOptions on_request_only() {
  SchedulerOptions options;
  options.scheduled = false;
  return options;
}

}  // namespace

TEST_CASE("the entry nearest to a kind says how often it is read") {
  Schedule schedule({{"default", minutes(30)},
                     {"ec2.*", minutes(10)},
                     {"aws.ec2.instance", minutes(5)},
                     {"*.snapshot", hours(6)},
                     {"ec2.snap*", hours(1)}});
  CHECK(schedule.interval("aws.ec2.instance") == minutes(5));
  CHECK(schedule.interval("aws.ec2.volume") == minutes(10));
  CHECK(schedule.interval("aws.rds.snapshot") == hours(6));
  CHECK(schedule.interval("aws.iam.role") == minutes(30));
  CHECK(Schedule().interval("aws.iam.role") == Schedule::kUsual);
}

TEST_CASE("cells come due around their interval, each always at its own moment") {
  FakeClock clock;
  Schedule schedule({{"default", minutes(100)}});
  std::set<Time> moments;
  for (int i = 0; i < 1000; ++i) {
    auto cell = cell_of("aws.ec2.instance", clock.now(), std::to_string(i));
    auto due = schedule.due(cell);
    CHECK(due >= clock.now() + minutes(90));
    CHECK(due <= clock.now() + minutes(110));
    CHECK(due == schedule.due(cell));
    moments.insert(due);
  }
  CHECK(moments.size() > 500);
  CHECK(schedule.due(cell_of("aws.ec2.instance", std::nullopt)) < clock.now());
}

TEST_CASE("the next run begins with the first cell that is due, and looks for new accounts now and then") {
  FakeClock clock;
  Schedule schedule({{"default", minutes(10)}, {"iam.*", hours(10)}});
  auto soon = cell_of("aws.ec2.vpc", clock.now()), late = cell_of("aws.iam.role", clock.now());
  std::vector<store::Cell> cells = {late, soon};
  CHECK_FALSE(schedule.next(cells, std::nullopt));
  CHECK(*schedule.next(cells, clock.now() - minutes(1)) <= schedule.due(soon));
  cells[1].unplanned_since = clock.now();
  CHECK(*schedule.next(cells, clock.now()) == clock.now() + minutes(10));
}

TEST_CASE("an empty store is read at once, and what is fresh is not read again at a start") {
  Stage empty;
  empty.scheduler->start();
  auto first = empty.wait_for(1)[0];
  CHECK(first.selection.everything());
  CHECK(first.due({"1", "eu-west-1", "aws.ec2.vpc"}));  // what nobody knew of yet

  Stage known;
  auto read = must(known.store->cells().open({"111111111111", "eu-west-1", "aws.ec2.vpc"}));
  store::Finish finish;
  finish.cell = read.id;
  must(known.store->inventory().finish(finish, known.clock.now()));
  must(known.store->cells().open({"111111111111", "eu-west-1", "aws.ec2.volume"}));  // broke off before it was read
  known.scheduler->start();
  auto resumed = known.wait_for(1)[0];
  CHECK_FALSE(resumed.due({"111111111111", "eu-west-1", "aws.ec2.vpc"}));
  CHECK(resumed.due({"111111111111", "eu-west-1", "aws.ec2.volume"}));
}

TEST_CASE("a request goes beside the scheduled run, and the same one is not asked for twice") {
  Stage stage;
  stage.hold();
  stage.scheduler->start();
  stage.wait_for(1);
  Selection selection{{"111111111111"}, {}, {"aws.ec2.vpc"}};
  auto id = must(stage.scheduler->request(selection, true, "ana"));
  auto runs = stage.wait_for(2);
  CHECK(runs[1].run == id);
  CHECK(runs[1].full);
  CHECK(runs[1].claims == runs[0].claims);  // so that no cell is read by both at once
  CHECK(runs[1].claims != nullptr);
  auto active = stage.scheduler->active();
  REQUIRE(active.size() == 2);
  CHECK(active[0].by.empty());
  CHECK(active[1].by == "ana");
}

TEST_CASE("requests that wait are joined, and too many are refused") {
  auto options = on_request_only();
  options.request_burst = 3;
  Stage stage(options);  // not started: all wait
  auto ask = [&](std::string kind, std::string by) { return stage.scheduler->request({{}, {}, {kind}}, false, by); };
  auto first = must(ask("a", "ana"));
  CHECK(must(ask("a", "ben")) == first);
  CHECK(must(ask("b", "ana")) != first);
  CHECK(ask("c", "ana"));
  auto refused = ask("d", "ana");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::throttled);
  CHECK(ask("d", "ben"));  // another's allowance
  stage.clock.advance(minutes(1));
  CHECK(ask("e", "ana"));
}

TEST_CASE("no cell is read twice at a time") {
  CellClaims claims;
  store::CellKey key{"1", "eu-west-1", "aws.ec2.vpc"};
  std::atomic<int> inside{0}, most{0}, done{0};
  std::latch ready(4);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        ready.arrive_and_wait();
        for (int n = 0; n < 200; ++n) {
          auto claim = claims.take(key, {});
          most = std::max(most.load(), ++inside);
          std::this_thread::yield();
          --inside;
          ++done;
        }
      });
    }
  }
  CHECK(most == 1);
  CHECK(done == 800);
  auto held = claims.take(key, {});
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(claims.take(key, stop.get_token()));
  CHECK(claims.take({"1", "eu-west-1", "aws.ec2.subnet"}, {}));
}

TEST_CASE("another process's collection is waited for, and said to be") {
  Stage stage(on_request_only());
  auto other = must(store::open_store("sqlite:" + (stage.folder / "c.db"), stage.clock));
  must(other->lock_collection());
  stage.scheduler->start();
  must(stage.scheduler->request({{}, {}, {"a"}}, false, "ana"));
  auto message = [&] {
    auto active = stage.scheduler->active();
    return active.empty() ? std::string() : active[0].message;
  };
  auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (message().find("another process") == std::string::npos && std::chrono::steady_clock::now() < give_up)
    std::this_thread::yield();
  CHECK(message().find("another process") != std::string::npos);
  CHECK(stage.begun.empty());
  other->unlock_collection();
  stage.wait_for(1);
  stage.wait_ended(1);
  stage.scheduler->stop();
  CHECK(other->lock_collection());  // given back after the last run
}

TEST_CASE("a stop ends what runs, and what waits is recorded as not made") {
  auto options = on_request_only();
  options.requests_at_once = 1;
  Stage stage(options);
  stage.hold();
  stage.scheduler->start();
  must(stage.scheduler->request({{}, {}, {"a"}}, false, "ana"));
  stage.wait_for(1);
  auto waiting = must(stage.scheduler->request({{}, {}, {"b"}}, false, "ana"));
  stage.scheduler->stop();
  CHECK(stage.ended == 1);
  CHECK(stage.begun.size() == 1);
  auto runs = must(stage.store->cells().runs(10));
  auto at = std::ranges::find(runs, waiting, &store::Run::id);
  REQUIRE(at != runs.end());
  CHECK(at->finished);
  CHECK(at->summary.find("stopped") != std::string::npos);
}
