#include "store/sqlite/sqlite_check.h"

#include "base/json.h"
#include "store/documents.h"
#include "store/store.h"

namespace cadastre::store {
namespace {

// More sentences say no more.
constexpr size_t kMost = 50;

class Check {
 public:
  Check(Connection& connection, std::stop_token stop) : connection_(connection), stop_(std::move(stop)) {}

  Result<std::vector<std::string>> run() {
    Connection::Interruptible interruptible(connection_, stop_);
    TRY_ASSIGN(auto snapshot, Snapshot::begin(connection_));
    TRY(file());
    if (!amiss_.empty()) return amiss_;  // what lies in a damaged file says nothing
    TRY(references());
    TRY(dictionaries());
    TRY(versions());
    TRY(cells());
    return amiss_;
  }

 private:
  void say(std::string sentence) {
    if (amiss_.size() < kMost) amiss_.push_back(std::move(sentence));
  }

  Result<bool> next(Statement& statement) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "the check was stopped before its end");
    return statement.step();
  }

  Result<void> file() {
    TRY_ASSIGN(auto select, connection_.prepare("PRAGMA integrity_check"));
    for (;;) {
      auto row = next(select);
      if (!row && row.error().code == ErrorCode::cancelled) return std::unexpected(std::move(row).error());
      if (!row) say("the file is damaged: " + row.error().cause);
      if (!row || !*row) return {};
      if (select.view(0) != "ok") say("the file is damaged: " + select.text(0));
    }
  }

  // A row that names another which is not there: a session without its user, a version without its resource.
  Result<void> references() {
    TRY_ASSIGN(auto select, connection_.prepare("SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check "
                                                "GROUP BY 1, 2 ORDER BY 1, 2"));
    for (;;) {
      TRY_ASSIGN(bool row, next(select));
      if (!row) return {};
      say(fmt::format("{} rows of '{}' name a row of '{}' that is not there", select.integer(2), select.text(0),
                      select.text(1)));
    }
  }

  Result<void> dictionaries() {
    TRY_ASSIGN(auto select, connection_.prepare("SELECT id, content FROM dictionary"));
    for (;;) {
      TRY_ASSIGN(bool row, next(select));
      if (!row) return {};
      dictionaries_.emplace(select.integer(0), std::make_unique<Dictionary>(select.text(1)));
    }
  }

  struct Resource {
    int64_t id = 0, version = 0;
    std::string name;
    Time since{};
    std::optional<Time> deleted;
  };
  struct Version {
    int64_t sequence = 0;
    Time from{};
    std::optional<Time> to;
    bool document = false;
  };

  // The versions of one resource after the other, oldest first.
  Result<void> versions() {
    TRY_ASSIGN(auto select, connection_.prepare(
                                "SELECT r.id, r.version, r.native, r.since, r.deleted, v.sequence, v.\"from\", "
                                "v.\"to\", v.document IS NOT NULL, v.dictionary, v.size, v.document "
                                "FROM resource r LEFT JOIN version v ON v.resource = r.id ORDER BY r.id, v.\"from\""));
    Resource resource;
    std::vector<Version> all;
    for (;;) {
      TRY_ASSIGN(bool row, next(select));
      if (!row || select.integer(0) != resource.id) {
        if (resource.id != 0) history(resource, all);
        if (!row) return {};
        all.clear();
        resource = {select.integer(0), select.integer(1), select.text(2), select.time(3), select.optional_time(4)};
      }
      if (select.is_null(5)) continue;
      all.push_back({select.integer(5), select.time(6), select.optional_time(7), select.integer(8) != 0});
      if (all.back().document) document(resource, select);
    }
  }

  void document(const Resource& resource, const Statement& row) {
    auto number = row.integer(9);
    auto dictionary = dictionaries_.find(number);
    if (number != 0 && dictionary == dictionaries_.end()) {
      say(fmt::format("version {} of '{}' needs dictionary {}, which is not there", row.integer(5), resource.name,
                      number));
      return;
    }
    auto text = decompress(row.view(11), static_cast<size_t>(row.integer(10)),
                           number == 0 ? nullptr : dictionary->second.get());
    if (!text || !parse_json(*text, "document"))
      say(fmt::format("the document of version {} of '{}' cannot be read", row.integer(5), resource.name));
  }

  void history(const Resource& resource, const std::vector<Version>& all) {
    auto wrong = [&](std::string_view what) {
      say(fmt::format("resource {} ('{}'): {}", resource.id, resource.name, what));
    };
    if (all.empty()) return wrong("it has no version");
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].to && *all[i].to <= all[i].from)
        wrong(fmt::format("version {} ends before it begins", all[i].sequence));
      if (i == 0) continue;
      if (all[i - 1].to != all[i].from)
        wrong(fmt::format("version {} does not begin where version {} ends", all[i].sequence, all[i - 1].sequence));
      if (all[i].sequence <= all[i - 1].sequence)
        wrong(fmt::format("version {} is numbered before version {}", all[i].sequence, all[i - 1].sequence));
    }
    const auto& last = all.back();
    if (last.to) wrong("its last version has an end");
    if (!resource.deleted) {
      if (!last.document) wrong("it is live, but its last version says that it is gone");
      if (resource.version != last.sequence)
        wrong(fmt::format("it is live as version {}, which is not its last", resource.version));
      if (resource.since != last.from) wrong("it does not say when its current version began");
      return;
    }
    if (last.document) wrong("it is gone, but its last version has a document");
    if (last.from != *resource.deleted) wrong("its last version does not say when it went");
    if (std::ranges::find(all, resource.version, &Version::sequence) == all.end())
      wrong(fmt::format("version {}, which it shows, is not there", resource.version));
  }

  Result<void> cells() {
    TRY_ASSIGN(auto select,
               connection_.prepare(
                   "SELECT k.name, c.account, c.region, c.resources, (SELECT count(*) FROM resource WHERE cell = c.id "
                   "AND deleted IS NULL) AS live FROM cell c JOIN kind k ON k.id = c.kind WHERE c.resources <> live"));
    for (;;) {
      TRY_ASSIGN(bool row, next(select));
      if (!row) return {};
      say(fmt::format("the cell {}/{}/{} says that it has {} resources, and has {}", select.text(0), select.text(1),
                      select.text(2), select.integer(3), select.integer(4)));
    }
  }

  Connection& connection_;
  std::stop_token stop_;
  std::unordered_map<int64_t, std::unique_ptr<Dictionary>> dictionaries_;
  std::vector<std::string> amiss_;
};

}  // namespace

Result<std::vector<std::string>> check_database(Connection& connection, std::stop_token stop) {
  return Check(connection, std::move(stop)).run();
}

}  // namespace cadastre::store
