// What history costs: an estate, 30 days in each of which one resource in a hundred changes, and questions about the
// past, of the store and of the reader that has an index as well. Prints figures beside their targets; times are CPU,
// of all threads, so that what else the machine does counts little.
//
//   bench_history [RESOURCES [FILE [WORD]]]   1,000,000 when not said; FILE: where the store is kept, and found again;
//                                             WORD: only what has it in its line is measured
//
// Ends with 1 when a target is missed. Targets hold for 1,000,000 resources.
#include <ctime>
#include <filesystem>
#include <iostream>

#include "estate.h"
#include "search/reader.h"

namespace cadastre::bench {
namespace {

constexpr int kDays = 30;
constexpr Millis kDay{86'400'000};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << result.error().message << ": " << result.error().cause << "\n";
    std::exit(2);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Report {
 public:
  explicit Report(std::string only) : only_(std::move(only)) {}
  // The middle one of three, once the file has been read: what one waits for it, and what it costs.
  void time(const std::string& what, double target_ms, const std::function<uint64_t()>& ask) {
    if (what.find(only_) == what.npos) return;
    std::vector<std::pair<double, double>> took;
    uint64_t rows = ask();
    for (int i = 0; i < 3; ++i) {
      auto begin = std::chrono::steady_clock::now();
      double before = cpu_seconds();
      rows = ask();
      double cpu = (cpu_seconds() - before) * 1000;
      took.emplace_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count(),
                        cpu);
    }
    std::ranges::sort(took);
    line(fmt::format("{} ({} rows; CPU {:.1f} ms)", what, rows, took[1].second), took[1].first, target_ms, "ms");
  }
  void line(const std::string& what, double measured, double target, std::string_view unit) {
    bool missed = target > 0 && measured > target;
    missed_ = missed_ || missed;
    std::cout << fmt::format("{:<84} {:>8.1f} {:<6} {}\n", what, measured, unit,
                             target > 0 ? fmt::format("at most {:g}{}", target, missed ? "   MISSED" : "") : "")
              << std::flush;
  }
  bool missed() const { return missed_; }

 private:
  std::string only_;
  bool missed_ = false;
};

double megabytes(store::Store& store, const std::string& file) {
  must(store.compact({}));
  return static_cast<double>(std::filesystem::file_size(file)) / 1e6;
}

// What the API asks: pages of 50 with facets. The index has what is live now, the store what was.
void ask_reader(Report& report, store::Store& store, Time now) {
  static const aws::Models models;
  static const auto catalog = must(catalog::Catalog::load(models, catalog::embedded_sources()));
  index::Index index(catalog, {"team"});
  double before = cpu_seconds();
  must(index.build(store, "", {}));
  report.line("the index, built from the store", cpu_seconds() - before, 0, "s");
  auto size = index.size();
  report.line(fmt::format("the index for each resource, with {} of the past", size.past),
              static_cast<double>(size.bytes) / static_cast<double>(size.resources), 1000, "B");
  search::Reader reader(store, catalog, models.endpoints(), {"team"}, system_clock(), &index);
  auto list = [&](const std::string& q, std::optional<Time> at) {
    return [&reader, q, at] {
      search::ListRequest request;
      request.q = q;
      request.at = at;
      request.facets = {"kind", "account", "region", "state", "tag.stage"};
      return must(reader.list(request, {})).total;
    };
  };
  auto changes = [&](const std::string& q, Time since) {
    return [&reader, q, since] {
      search::ChangesRequest request;
      request.q = q;
      request.since = since;
      request.until = since + kDay;
      return must(reader.changes(request, {})).rows.size();
    };
  };
  auto kind = fmt::format("kind:{}", kKinds[0]);
  auto yesterday = now - kDay, first = now - kDays * kDay;
  report.time("reader: a kind now", 0, list(kind, {}));
  report.time("reader: a kind a day ago", 100, list(kind, yesterday));
  report.time("reader: a kind a week ago", 100, list(kind, now - 7 * kDay));
  report.time("reader: a kind 30 days ago", 100, list(kind, first));
  for (const char* q : {"payments-prod", "10.17.", "7f3a"}) {
    report.time(fmt::format("reader: '{}' a day ago", q), 200, list(q, yesterday));
    report.time(fmt::format("reader: '{}' 30 days ago", q), 4000, list(q, first));
  }
  report.time("reader: the 50 last changes of a day, with differences", 50, changes("", yesterday));
  report.time("reader: those of a kind", 50, changes(kind, yesterday));
  report.time("reader: those of a team", 50, changes("tag.team:payments", yesterday));
}

int run(size_t resources, const std::string& file, const std::string& only) {
  Report report(only);
  auto start = *parse_rfc3339("2026-01-01T00:00:00Z"), now = start + kDay * (kDays + 1);
  auto store = must(store::open_store(file, system_clock()));
  bool made = must(store->inventory().sequence()) > 0;
  if (!made) {
    Estate estate(*store, resources, 4711);
    double before = cpu_seconds();
    must(estate.make(start));
    report.line("made and put, CPU for each resource", (cpu_seconds() - before) * 1e6 / static_cast<double>(resources),
                0, "us");
    double plain = megabytes(*store, file);
    report.line("the estate's file", plain, 0, "MB");
    report.line("the estate's file, for each resource", plain * 1e6 / static_cast<double>(resources), 0, "B");
    before = cpu_seconds();
    size_t puts = estate.put();
    for (int day = 1; day <= kDays; ++day) must(estate.live_on(start + kDay * day, resources / 100));
    report.line("a change, CPU", (cpu_seconds() - before) * 1e6 / static_cast<double>(estate.put() - puts), 0, "us");
    report.line("what 30 days of changes add to the file", (megabytes(*store, file) / plain - 1) * 100, 25, "%");
  }
  auto scan = [&](const store::Filter& filter, std::optional<Time> at) {
    return [&store, filter, at] {
      uint64_t rows = 0;
      must(store->inventory().scan(filter, at, [&](const store::Resource&) { return ++rows > 0; }));
      return rows;
    };
  };
  auto changes = [&](const store::ChangeFilter& filter) {
    return [&store, filter] {
      uint64_t rows = 0;
      must(store->inventory().changes(filter, [&](const store::Change&) { return ++rows > 0; }));
      return rows;
    };
  };
  std::string kind(kKinds[0]);
  auto yesterday = now - kDay, first = start + kDay;
  report.time("superseded since a day ago", 50, scan({.superseded = true, .documents = false}, yesterday));
  report.time("superseded since a day ago, with documents", 0, scan({.superseded = true}, yesterday));
  report.time("superseded since 30 days ago, with documents", 3000, scan({.superseded = true}, first - Millis(1)));
  report.time("one kind a day ago", 100, scan({.kinds = {kind}, .documents = false}, yesterday));
  report.time("one kind 30 days ago", 100, scan({.kinds = {kind}, .documents = false}, first));
  report.time("one kind, alive in the last week", 0,
              scan({.kinds = {kind}, .since = now - 7 * kDay, .until = now, .documents = false}, {}));
  report.time("one kind now", 0, scan({.kinds = {kind}, .documents = false}, {}));
  report.time("changes of a day", 50, changes({.since = yesterday, .until = now}));
  report.time("changes of a day, with documents and those before", 0,
              changes({.since = yesterday, .until = now, .documents = true, .befores = true}));
  report.time("the 50 last changes", 0, changes({.newest_first = true, .limit = 50}));
  report.time("all resources with documents", 0, scan({}, {}));
  report.time("statistics", 0, [&] { return must(store->stats()).versions; });
  ask_reader(report, *store, now);
  return report.missed() ? 1 : 0;
}

}  // namespace
}  // namespace cadastre::bench

int main(int argc, char** argv) {
  size_t resources = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  auto folder = std::filesystem::temp_directory_path() / fmt::format("cadastre-history-{}", std::random_device()());
  if (argc <= 2) std::filesystem::create_directory(folder);
  int code =
      cadastre::bench::run(resources, argc > 2 ? argv[2] : (folder / "store.db").string(), argc > 3 ? argv[3] : "");
  std::filesystem::remove_all(folder);
  return code;
}
