// Nobody's quota is hurt: the calls that the scripted AWS counts stay within the budget, and one account's trouble is
// not another's.
#include "faults/rig.h"

namespace cadastre::testing {
namespace {

using scripted::FaultKind;

// Calls beyond what the budget allows in any one second; "" when there are none.
std::string over_budget(Rig& rig) {
  std::string text;
  auto counts = rig.aws.counts();
  for (const auto& [key, calls] : counts.all()) {
    auto rate = rig.catalog.rate(key.service, key.operation);
    double share = rig.config.rate;
    // One more, for what is late on its way and meets the next.
    double most = std::max(1.0, rate.burst * share) + rate.per_second * share + 1;
    auto seen = scripted::Counts::most_within(calls, Millis(1000));
    if (static_cast<double>(seen) > most) {
      text += fmt::format("{} {} {}:{}: {} calls in a second, {} allowed\n", key.account, key.region, key.service,
                          key.operation, seen, most);
    }
  }
  return text;
}

size_t most_calls(Rig& rig, std::string_view operation) {
  size_t most = 0;
  auto counts = rig.aws.counts();
  for (const auto& [key, calls] : counts.all()) {
    if (key.operation == operation) most = std::max(most, scripted::Counts::most_within(calls, Millis(1000)));
  }
  return most;
}

RigOptions many_second_calls(double rate) {
  RigOptions options;
  options.config.rate = rate;
  options.config.kinds = {"aws.ssm.parameter", "aws.ec2.volume", "aws.dynamodb.table"};
  options.aws.world = {.accounts = 2,
                       .regions = 2,
                       .resources = 120,
                       .mix = {{"aws.ssm.parameter", 3}, {"aws.ec2.volume", 2}, {"aws.dynamodb.table", 1}}};
  options.aws.largest_page = 2;
  return options;
}

}  // namespace

TEST_CASE("no budget is exceeded in any second") {
  Rig rig(many_second_calls(1));
  CHECK(rig.run().all_complete());
  CHECK(over_budget(rig) == "");
  CHECK(most_calls(rig, "ListTagsForResource") > 5);  // it was used, too
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a smaller share is a smaller budget, retries included") {
  Rig rig(many_second_calls(0.4));
  rig.aws.set_faults({{.kind = FaultKind::throttle, .operation = "DescribeVolumes", .probability = 0.2},
                      {.kind = FaultKind::error500, .operation = "ListTagsForResource", .probability = 0.2}});
  rig.run();
  CHECK(over_budget(rig) == "");
  CHECK(most_calls(rig, "ListTagsForResource") <= 10 * 0.4 + 5 * 0.4 + 1);
}

TEST_CASE("a fleet of 25 accounts in 4 regions is not slowed by one that is in trouble") {
  RigOptions options;
  options.config.rate.reset();  // as users have it
  options.config.kinds = {"aws.ec2.instance", "aws.ec2.volume", "aws.rds.instance"};
  options.aws.world = {.accounts = 25,
                       .regions = 4,
                       .resources = 6'000,
                       .mix = {{"aws.ec2.instance", 4}, {"aws.ec2.volume", 4}, {"aws.rds.instance", 1}}};
  options.aws.latency = Millis(50);  // so that waiting, not this machine, is what takes the time
  options.client.backoff_base = Millis(200);
  options.client.backoff_cap = Millis(2'000);
  options.client.attempt_timeout = Millis(2'000);
  options.cell_timeout = Millis(4'000);
  Rig rig(options);
  auto troubled = rig.account(7);
  std::atomic<int64_t> others_done{0};
  auto started = std::chrono::steady_clock::now();
  rig.progress.on_cell = [&](const collect::CellReport& cell) {
    auto now = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started).count();
    if (cell.key.account != troubled) others_done = now;
  };
  uint64_t round = 0;
  auto timed = [&] {
    rig.aws.mutate(++round, 0.02);
    started = std::chrono::steady_clock::now();
    auto report = rig.run();
    return std::pair(std::move(report), others_done.load());
  };
  auto [first, cold] = timed();
  REQUIRE(first.all_complete());
  auto [calm, without] = timed();
  REQUIRE(calm.all_complete());
  auto beside = [&](std::vector<scripted::Fault> faults) {
    rig.aws.set_faults(std::move(faults));
    auto [report, with] = timed();
    for (const auto& cell : report.cells) {
      CHECK_MESSAGE((cell.outcome == store::Outcome::complete) == (cell.key.account != troubled), name_of(cell.key));
    }
    MESSAGE("the others took ", without, " ms, and ", with, " ms beside it");
    CHECK(static_cast<double>(with) < 2.0 * static_cast<double>(without) + 300);
  };
  SUBCASE("its lists are throttled") {
    beside({{.kind = FaultKind::throttle, .account = troubled, .operation = "DescribeInstances"},
            {.kind = FaultKind::throttle, .account = troubled, .operation = "DescribeVolumes"},
            {.kind = FaultKind::throttle, .account = troubled, .operation = "DescribeDBInstances"}});
  }
  SUBCASE("everything of it is throttled, even who we are there") {
    beside({{.kind = FaultKind::throttle, .account = troubled}});
  }
  SUBCASE("its lists hang") {
    beside({{.kind = FaultKind::hang, .account = troubled, .operation = "DescribeInstances"},
            {.kind = FaultKind::hang, .account = troubled, .operation = "DescribeVolumes"},
            {.kind = FaultKind::hang, .account = troubled, .operation = "DescribeDBInstances"}});
  }
  SUBCASE("it does not answer at all") { beside({{.kind = FaultKind::hang, .account = troubled}}); }
}

}  // namespace cadastre::testing
