// What every store must say of dumps and of how clusters fared.
#pragma once

#include <random>

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

inline DumpRow dump_of(std::string cluster, std::string name, DumpState state = DumpState::waiting) {
  DumpRow row;
  row.cluster = std::move(cluster);
  row.dump = std::move(name);
  row.place = "s3://drop/clusters/" + row.cluster + "/" + row.dump + "/";
  row.state = state;
  row.seen = at(1);
  if (state != DumpState::waiting) row.settled = at(2);
  return row;
}

// All of a row, for comparison.
inline std::string line_of(const DumpRow& row) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}", row.cluster, row.dump, row.place, to_string(row.state), row.reason,
                     row.tries, format_time(row.seen), row.settled ? format_time(*row.settled) : "-", row.report);
}

inline Lines lines_of(const std::vector<DumpRow>& rows) {
  Lines lines;
  for (const auto& row : rows) lines.push_back(line_of(row));
  return lines;
}

inline void dump_ledger(Fixture& f) {
  std::mt19937_64 random(7);
  std::map<std::pair<std::string, std::string>, DumpRow> written;  // by (dump, cluster)
  for (int i = 0; i < 120; ++i) {
    auto row =
        dump_of(fmt::format("c{}", random() % 4), fmt::format("2026112{}T000000Z-{}", random() % 3, random() % 9),
                static_cast<DumpState>(random() % 3));
    row.reason = fmt::format("it's \"so\" {}", i);
    row.tries = i;
    row.seen = at(i, i);
    if (row.settled) row.settled = at(static_cast<int64_t>(random() % 100), 7);
    row.report = fmt::format(R"({{"n": {}}})", i);
    must(f.store().clusters().put_dump(row));
    written[{row.dump, row.cluster}] = row;
  }
  f.reopen();
  auto& clusters = f.store().clusters();
  for (const auto& [key, row] : written) {
    auto found = must(clusters.dump(row.cluster, row.dump));
    REQUIRE(found);
    CHECK(line_of(*found) == line_of(row));
  }
  CHECK_FALSE(must(clusters.dump("c0", "none")));
  std::vector<DumpRow> latest;
  for (auto at = written.rbegin(); at != written.rend(); ++at) latest.push_back(at->second);
  std::ranges::stable_sort(
      latest, [](const auto& a, const auto& b) { return a.dump != b.dump ? a.dump > b.dump : a.cluster < b.cluster; });
  for (const std::string cluster : {"", "c0", "c1", "nobody"}) {
    for (std::optional<DumpState> state :
         {std::optional<DumpState>(), {DumpState::waiting}, {DumpState::done}, {DumpState::poison}}) {
      for (size_t limit : {size_t{0}, size_t{1}, size_t{5}}) {
        std::vector<DumpRow> expected;
        for (const auto& row : latest) {
          if ((cluster.empty() || row.cluster == cluster) && (!state || row.state == *state) &&
              (limit == 0 || expected.size() < limit))
            expected.push_back(row);
        }
        CHECK(lines_of(must(clusters.dumps(cluster, state, limit))) == lines_of(expected));
      }
    }
  }
  for (auto state : {DumpState::waiting, DumpState::done, DumpState::poison}) {
    auto of_state = std::ranges::count(latest, state, &DumpRow::state);
    CHECK(must(clusters.count_dumps()).at(state) == static_cast<uint64_t>(of_state));
  }
  auto old = std::ranges::count_if(latest, [](const auto& row) { return row.settled && *row.settled < at(50); });
  REQUIRE(old > 0);
  CHECK(must(clusters.forget_dumps(at(50))) == static_cast<uint64_t>(old));
  auto left = must(clusters.dumps("", {}, 0));
  CHECK(left.size() == latest.size() - static_cast<size_t>(old));
  CHECK(std::ranges::all_of(left, [](const auto& row) { return !row.settled || *row.settled >= at(50); }));
}

inline void health_samples(Fixture& f) {
  auto put = [&](std::string account, std::string cluster, Time when, std::string counts) {
    must(f.store().clusters().put_health({std::move(account), std::move(cluster), when, std::move(counts)}));
  };
  put("1", "a", at(30), "c");
  put("1", "a", at(10), "a");
  put("1", "a", at(20), "old");
  put("1", "a", at(20), "b");  // of the same moment: replaced
  put("1", "b", at(20), "another cluster");
  put("2", "a", at(20), "another account");
  f.reopen();
  auto& clusters = f.store().clusters();
  auto counts = [&](Time since, Time until) {
    Lines found;
    for (const auto& sample : must(clusters.health("1", "a", since, until))) {
      CHECK(sample.account == "1");
      CHECK(sample.cluster == "a");
      found.push_back(fmt::format("{} {}", (sample.at - at(0)).count() / 1000, sample.counts));
    }
    return found;
  };
  CHECK(counts(at(0), at(100)) == Lines{"10 a", "20 b", "30 c"});
  CHECK(counts(at(10), at(30)) == Lines{"10 a", "20 b"});  // the end is not in it
  CHECK(counts(at(10, 1), at(30, 1)) == Lines{"20 b", "30 c"});
  CHECK(must(clusters.forget_health(at(20))) == 1);
  CHECK(counts(at(0), at(100)) == Lines{"20 b", "30 c"});
  CHECK(must(clusters.health("2", "a", at(0), at(100))).size() == 1);
}

inline void where_clusters_run(Fixture& f) {
  auto put = [&](const ClusterRow& row) { must(f.store().clusters().put_cluster(row)); };
  CHECK(must(f.store().clusters().clusters()).empty());
  put({"2", "a", "eu-west-1", "main"});
  put({"1", "b", "eu-west-1", ""});
  put({"1", "a", "eu-west-1", "old"});
  put({"1", "a", "us-east-1", "it's \"new\""});  // of the same account and name: replaced
  f.reopen();
  CHECK(must(f.store().clusters().clusters()) == std::vector<ClusterRow>{{"1", "a", "us-east-1", "it's \"new\""},
                                                                         {"1", "b", "eu-west-1", ""},
                                                                         {"2", "a", "eu-west-1", "main"}});
}

inline void clusters(const Makers& makers) {
  Fixture f(makers);
  SUBCASE("where clusters run, by account and name") { where_clusters_run(f); }
  SUBCASE("dumps: the latest first, by cluster and state, until they are forgotten") { dump_ledger(f); }
  SUBCASE("health: by moment") { health_samples(f); }
}

}  // namespace cadastre::store::conformance
