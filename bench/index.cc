// How fast the index finds, sorts and counts, what it weighs, and how soon it is ready. Prints figures beside their
// targets; times are CPU, so that what else the machine does counts little.
//
//   bench_index [RESOURCES [fts] [check]]     1,000,000 when not said
//
// fts: the same searches on SQLite's FTS5 with trigrams over the same texts. check: the 50 best of some searches are
// held against ranking every match. Ends with 1 when a target is missed. Targets hold for 1,000,000 resources.
#include <malloc.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>

#include "index/search.h"
#include "index/snapshot.h"
#include "query/parser.h"
#include "support/random_estate.h"

namespace cadastre::bench {
namespace {

using index::FacetKey;
using index::SortKey;
using testing::RandomEstate;

constexpr uint64_t kSeed = 7;
constexpr size_t kQueries = 1000;
const Time kNow{Millis(1'770'000'000'000)};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double resident_bytes() {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"), std::fclose);
  long all = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%ld %ld", &all, &resident) != 2) return 0;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

class Report {
 public:
  void line(const std::string& what, double measured, double target, std::string_view unit) {
    bool missed = target > 0 && measured > target;
    missed_ = missed_ || missed;
    std::cout << fmt::format("{:<64} {:>10.3f} {:<6} {}\n", what, measured, unit,
                             target > 0 ? fmt::format("at most {:g}{}", target, missed ? "   MISSED" : "") : "")
              << std::flush;
  }
  void times(const std::string& what, std::vector<double> ms, double p50, double p99) {
    if (ms.empty()) return;
    std::ranges::sort(ms);
    line(fmt::format("{} ({} queries), p50", what, ms.size()), ms[ms.size() / 2], p50, "ms");
    line(fmt::format("{}, p99", what), ms[ms.size() * 99 / 100], p99, "ms");
  }
  bool missed() const { return missed_; }

 private:
  bool missed_ = false;
};

const catalog::Catalog& real_catalog() {
  static const aws::Models models;
  static const auto catalog = catalog::Catalog::load(models, catalog::embedded_sources());
  return *catalog;
}

// The estate, resource by resource, the same each time.
class Estate {
 public:
  explicit Estate(size_t count) : count_(count) {}
  void each(const std::function<void(const store::Resource&, const json::value&)>& visit) const {
    RandomEstate random(kSeed, {});
    for (size_t i = 0; i < count_; ++i) {
      auto made = random.any();
      visit(resource(made, static_cast<int64_t>(i + 1)), made.document);
    }
  }
  static store::Resource resource(const RandomEstate::Made& made, int64_t number) {
    auto put = testing::put_of(real_catalog(), made);
    store::Resource resource;
    resource.resource = number;
    resource.cell = made.cell;
    resource.native = put.native;
    resource.region = put.region;
    resource.arn = put.arn;
    resource.name = put.name;
    resource.state = put.state;
    resource.tags = put.tags;
    resource.created = put.created;
    resource.first_seen = kNow - Millis(number * 977 % 7'000'000'000);
    resource.changed = std::min(kNow, resource.first_seen + Millis(number * 7919 % 3'000'000'000));
    return resource;
  }

 private:
  size_t count_;
};

query::Estate known() { return {real_catalog(), {}, {"owner", "Owner", "team", "Team"}}; }

// What somebody types to find this resource: the beginning of one of its texts, of a word in one, or a piece.
struct Typed {
  std::vector<std::string> starts, insides;
};

void record_queries(const query::Subject& subject, RandomEstate& random, Typed& typed) {
  auto text = random.pick(subject.texts);
  if (text.size() < 4) return;
  if (typed.insides.size() * 4 < typed.starts.size()) {
    for (int tries = 0; tries < 20; ++tries) {
      auto at = 1 + random.below(text.size() - 3);
      if (!query::in_word(text[at - 1]) || !query::in_word(text[at])) continue;
      typed.insides.push_back(text.substr(at, 3 + random.below(5)));
      return;
    }
    return;
  }
  size_t at = 0;
  if (random.chance(0.4)) {
    at = random.below(text.size() - 3);
    while (at > 0 && query::in_word(text[at - 1])) --at;
  }
  auto rest = text.size() - at;
  if (rest < 3) return;
  typed.starts.push_back(text.substr(at, 3 + random.below(rest - 2)));
}

query::Expression word(const std::string& text) {
  query::Expression expression;
  expression.kind = query::Expression::Kind::term;
  query::Value value;
  value.text = text;
  value.literal = true;
  expression.term.values.push_back(value);
  return expression;
}

class Bench {
 public:
  explicit Bench(size_t count) : estate_(count), count_(count) {}

  int run(bool fts, bool check) {
    build();
    searches("typed: exact, prefix or word start", typed_.starts, 1, 5);
    searches("common strings inside words", typed_.insides, 0, 20);
    filters();
    one();
    follow();
    snapshot();
    if (check) best_fifty();
    if (fts) beside_fts();
    return report_.missed() ? 1 : 0;
  }

 private:
  void build() {
    auto before = resident_bytes();
    double reading = 0, begin = cpu_seconds();
    auto estate = known();
    RandomEstate random(kSeed + 1, {});
    index::TableBuilder builder;
    size_t number = 0, step = std::max<size_t>(1, count_ / (kQueries * 5 / 4));
    estate_.each([&](const store::Resource& resource, const json::value& document) {
      if (++number % step == 0 && typed_.starts.size() + typed_.insides.size() < kQueries)
        record_queries(query::subject_of(resource, document, estate), random, typed_);
      double from = cpu_seconds();
      builder.add(resource, document, estate);
      reading += cpu_seconds() - from;
    });
    report_.line("generating the estate", cpu_seconds() - begin - reading, 0, "s");
    report_.line("reading rows off documents, each", reading / static_cast<double>(count_) * 1e6, 0, "us");
    begin = cpu_seconds();
    index::add_rows(view_, std::move(builder));
    report_.line("putting rows in order", cpu_seconds() - begin, 0, "s");
    ::malloc_trim(0);
    auto each = static_cast<double>(count_);
    report_.line("resident, each resource", (resident_bytes() - before) / each, 1000, "bytes");
    const auto& segment = *view_.parts[0].segment;
    report_.line("  by its own count", static_cast<double>(segment.bytes()) / each, 0, "bytes");
    report_.line("  texts", static_cast<double>(segment.texts.bytes()) / each, 0, "bytes");
    report_.line("  words and their pieces", static_cast<double>(segment.words.bytes()) / each, 0, "bytes");
    report_.line("  rows of texts", static_cast<double>(segment.text_rows.bytes()) / each, 0, "bytes");
    report_.line("  texts, each resource", segment.texts.size() / each, 0, "");
    report_.line("  words, each resource", segment.words.size() / each, 0, "");
  }

  double ask(const index::Request& request, index::Answer* kept = nullptr) {
    double begin = cpu_seconds();
    auto answer = index::search_view(view_, real_catalog(), request, {}, {});
    double took = (cpu_seconds() - begin) * 1000;
    if (!answer) {
      std::cerr << answer.error().message << "\n";
      std::exit(2);
    }
    if (kept) *kept = std::move(*answer);
    return took;
  }

  void searches(const std::string& what, const std::vector<std::string>& texts, double p50, double p99) {
    std::vector<double> took;
    std::vector<std::pair<double, std::string>> slow;
    for (const auto& text : texts) {
      auto expression = word(text);
      index::Request request;
      request.expression = &expression;
      request.now = kNow;
      index::Answer answer;
      took.push_back(ask(request, &answer));
      slow.emplace_back(took.back(), fmt::format("{} ({} matches)", text, answer.total));
    }
    report_.times(what, took, p50, p99);
    std::ranges::sort(slow, std::greater());
    for (size_t i = 0; i < std::min<size_t>(4, slow.size()); ++i)
      std::cout << fmt::format("    {:.1f} ms: {}\n", slow[i].first, slow[i].second);
  }

  void filters() {
    RandomEstate random(kSeed + 2, {});
    const std::vector<SortKey> sorts = {SortKey::name, SortKey::id, SortKey::changed, SortKey::created, SortKey::owner};
    const std::vector<std::pair<FacetKey, std::string>> all = {
        {FacetKey::kind, ""},  {FacetKey::service, ""}, {FacetKey::account, ""}, {FacetKey::region, ""},
        {FacetKey::state, ""}, {FacetKey::owner, ""},   {FacetKey::tag, "env"}};
    std::vector<double> first, hundredth, by_cursor, counts;
    for (int i = 0; i < 200; ++i) {
      index::Request request;
      request.now = kNow;
      request.sort = random.pick(sorts);
      request.descending = random.chance(0.5);
      request.filters.push_back(
          {FacetKey::kind,
           "",
           {random.pick(std::vector<std::string>{"aws.ec2.instance", "aws.ec2.volume", "aws.ec2.snapshot"})}});
      if (random.chance(0.5))
        request.filters.push_back({FacetKey::region, "", {random.pick(RandomEstate::regions())}});
      else
        request.filters.push_back({FacetKey::tag, "env", {random.pick(std::vector<std::string>{"prod", "dev"})}});
      index::Answer answer;
      first.push_back(ask(request));
      request.offset = 99 * request.limit;
      hundredth.push_back(ask(request, &answer));
      request.offset = 0;
      request.cursor = answer.next;
      by_cursor.push_back(ask(request));
      request.cursor.clear();
      request.facets = all;
      counts.push_back(ask(request));
    }
    report_.times("two filters and a sort, page 1", first, 0, 10);
    report_.times("two filters and a sort, page 100", hundredth, 0, 10);
    report_.times("two filters and a sort, page 101 by its cursor", by_cursor, 0, 10);
    report_.times("two filters, a sort and seven facets", counts, 0, 10);
    std::vector<double> everything;
    for (auto sort : sorts) {
      index::Request request;
      request.now = kNow;
      request.sort = sort;
      request.facets = all;
      everything.push_back(ask(request));
    }
    report_.times("the whole estate, a sort and seven facets", everything, 0, 10);
  }

  void one() {
    std::vector<double> took;
    const auto& segment = *view_.parts[0].segment;
    for (uint32_t row = 0; row < segment.rows(); row += std::max(1u, segment.rows() / 500)) {
      auto expression = word(std::string(segment.texts[segment.native[row]]));
      expression.term.key = query::Key::id;
      index::Request request;
      request.expression = &expression;
      took.push_back(ask(request));
    }
    report_.times("get by id", took, 0, 0.1);
  }

  void follow() {
    RandomEstate random(kSeed + 3, {});
    auto estate = known();
    auto view = view_;
    constexpr size_t kRounds = 8, kChanges = 2000;
    double took = 0, each_of_ten = 0;
    for (size_t round = 0; round < kRounds + 1; ++round) {
      size_t changes = round < kRounds ? kChanges : 10;
      std::vector<std::pair<store::Resource, json::value>> changed;
      std::vector<index::Ending> endings;  // each row becomes one of the past
      for (size_t i = 0; i < changes; ++i) {
        auto made = random.any();
        auto number = static_cast<int64_t>(1 + random.below(count_));
        endings.push_back({number, 0, static_cast<int64_t>(round + 1), false});
        changed.emplace_back(Estate::resource(made, number), made.document);
      }
      std::ranges::sort(changed, {}, [](const auto& one) { return one.first.resource; });
      auto repeated = std::ranges::unique(changed, {}, [](const auto& one) { return one.first.resource; });
      changed.erase(repeated.begin(), repeated.end());
      double begin = cpu_seconds();
      index::TableBuilder builder;
      for (const auto& [resource, document] : changed) builder.add(resource, document, estate);
      index::end_rows(view, endings);
      index::add_rows(view, std::move(builder));
      (round < kRounds ? took : each_of_ten) += cpu_seconds() - begin;
    }
    report_.line("following a change, of 2,000 at a time", took / (kRounds * kChanges) * 1e6, 50, "us");
    report_.line("following a change, of 10 at a time", each_of_ten / 10 * 1e6, 0, "us");
    report_.line("  parts after that", static_cast<double>(view.parts.size()), 0, "");
    std::swap(view, view_);
    searches("typed, after those changes", typed_.starts, 1, 5);
    std::swap(view, view_);
  }

  void snapshot() {
    auto file = (std::filesystem::temp_directory_path() / fmt::format("bench-index-{}", ::getpid())).string();
    double begin = cpu_seconds();
    if (auto written = index::write_snapshot(file, {}, view_); !written) std::cerr << written.error().message << "\n";
    report_.line("writing a snapshot", cpu_seconds() - begin, 0, "s");
    report_.line("its size", static_cast<double>(std::filesystem::file_size(file)) / 1e6, 0, "MB");
    begin = cpu_seconds();
    auto snapshot = index::read_snapshot(file, [](const auto&) { return Result<void>(); });
    if (!snapshot) std::cerr << snapshot.error().message << "\n";
    report_.line("ready from a snapshot", cpu_seconds() - begin, 1.5, "s");
    std::filesystem::remove(file);
  }

  // The 50 best by ranking every match, resource by resource.
  void best_fifty() {
    using Placed = std::tuple<int, int, std::string, std::string, int64_t, int64_t>;
    std::vector<std::string> texts;
    for (size_t i = 0; i < typed_.starts.size(); i += 40) texts.push_back(typed_.starts[i]);
    for (size_t i = 0; i < typed_.insides.size(); i += 20) texts.push_back(typed_.insides[i]);
    std::vector<std::set<Placed>> best(texts.size());
    std::vector<query::Expression> expressions;
    for (const auto& text : texts) expressions.push_back(word(text));
    auto estate = known();
    estate_.each([&](const store::Resource& resource, const json::value& document) {
      auto subject = query::subject_of(resource, document, estate);
      for (size_t i = 0; i < texts.size(); ++i) {
        auto nearness = query::nearness(expressions[i], subject, kNow);
        if (nearness == query::Nearness::none) continue;
        best[i].emplace(static_cast<int>(nearness), query::kind_weight(subject.kind_name), subject.kind_name,
                        query::fold(subject.name), -subject.changed.time_since_epoch().count(), resource.resource);
        if (best[i].size() > 50) best[i].erase(std::prev(best[i].end()));
      }
    });
    size_t wrong = 0;
    for (size_t i = 0; i < texts.size(); ++i) {
      index::Request request;
      request.expression = &expressions[i];
      index::Answer answer;
      ask(request, &answer);
      std::vector<int64_t> wanted;
      for (const auto& placed : best[i]) wanted.push_back(std::get<5>(placed));
      if (answer.resources != wanted) ++wrong;
    }
    report_.line(fmt::format("of {} searches, those whose 50 are not the best", texts.size()),
                 static_cast<double>(wrong), 0.5, "");
  }

  void beside_fts() {
    sqlite3* database = nullptr;
    sqlite3_open("", &database);
    auto run = [&](const char* sql) { sqlite3_exec(database, sql, nullptr, nullptr, nullptr); };
    run("CREATE VIRTUAL TABLE t USING fts5(texts, tokenize='trigram', content='', columnsize=0); BEGIN");
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO t(rowid, texts) VALUES(?, ?)", -1, &statement, nullptr);
    double took = 0;
    auto estate = known();
    estate_.each([&](const store::Resource& resource, const json::value& document) {
      auto texts = join(query::subject_of(resource, document, estate).texts, "\n");
      double begin = cpu_seconds();
      sqlite3_bind_int64(statement, 1, resource.resource);
      sqlite3_bind_text(statement, 2, texts.data(), static_cast<int>(texts.size()), SQLITE_STATIC);
      sqlite3_step(statement);
      sqlite3_reset(statement);
      took += cpu_seconds() - begin;
    });
    sqlite3_finalize(statement);
    run("COMMIT");
    report_.line("FTS5: making it", took, 0, "s");
    sqlite3_prepare_v2(database, "SELECT rowid FROM t WHERE t MATCH ?", -1, &statement, nullptr);
    for (auto [what, texts] : {std::pair("FTS5: typed, all matches unranked", &typed_.starts),
                               std::pair("FTS5: inside words, all matches unranked", &typed_.insides)}) {
      std::vector<double> times;
      for (const auto& text : *texts) {
        auto quoted = "\"" + replace_all(text, "\"", "\"\"") + "\"";
        double begin = cpu_seconds();
        sqlite3_bind_text(statement, 1, quoted.data(), static_cast<int>(quoted.size()), SQLITE_STATIC);
        while (sqlite3_step(statement) == SQLITE_ROW) {
        }
        sqlite3_reset(statement);
        times.push_back((cpu_seconds() - begin) * 1000);
      }
      report_.times(what, times, 0, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
  }

  Estate estate_;
  size_t count_;
  index::View view_;
  Typed typed_;
  Report report_;
};

}  // namespace
}  // namespace cadastre::bench

int main(int count, char** arguments) {
  std::vector<std::string> given(arguments + 1, arguments + count);
  auto has = [&](const char* name) { return std::ranges::find(given, name) != given.end(); };
  size_t resources =
      given.empty() || given[0].find_first_not_of("0123456789") != std::string::npos ? 1'000'000 : std::stoul(given[0]);
  return cadastre::bench::Bench(resources).run(has("fts"), has("check"));
}
