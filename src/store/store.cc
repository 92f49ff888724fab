#include "store/store.h"

#include <array>

#include "store/mongo/mongo_store.h"
#include "store/sqlite/sqlite_backup.h"
#include "store/sqlite/sqlite_store.h"

namespace cadastre::store {
namespace {

constexpr std::array<std::string_view, 11> kOutcomes = {"never",   "complete",    "gaps",      "partial",
                                                        "denied",  "region_off",  "throttled", "timeout",
                                                        "expired", "unsupported", "failed"};
constexpr std::array<std::string_view, 3> kDumpStates = {"waiting", "done", "poison"};
constexpr std::array<std::string_view, 6> kCauses = {"opened", "changed", "closed", "replaced", "epoch", "retired"};

bool is_mongo(std::string_view url) { return url.starts_with("mongodb://") || url.starts_with("mongodb+srv://"); }

// The file that a URL names.
Result<std::string> path_of(const std::string& url) {
  std::string path = url.starts_with("sqlite:") ? url.substr(7) : url;
  if (path.find("://") != path.npos) {
    return fail(
        ErrorCode::invalid,
        fmt::format("the store '{}' is of a kind this release does not have; write sqlite:PATH or mongodb://HOST/NAME",
                    url));
  }
  if (path.empty()) return fail(ErrorCode::invalid, "the store has no path; write for example sqlite:./cadastre.db");
  return path;
}

}  // namespace

std::string_view to_string(Outcome outcome) { return kOutcomes[static_cast<size_t>(outcome)]; }
std::string_view to_string(Cause cause) { return kCauses[static_cast<size_t>(cause)]; }

std::string_view to_string(DumpState state) { return kDumpStates[static_cast<size_t>(state)]; }

std::optional<DumpState> dump_state_of(std::string_view word) {
  auto at = std::ranges::find(kDumpStates, word);
  if (at == kDumpStates.end()) return std::nullopt;
  return static_cast<DumpState>(at - kDumpStates.begin());
}

std::optional<Outcome> outcome_of(std::string_view word) {
  auto at = std::ranges::find(kOutcomes, word);
  if (at == kOutcomes.end()) return std::nullopt;
  return static_cast<Outcome>(at - kOutcomes.begin());
}

Result<std::unique_ptr<Store>> open_store(const std::string& url, Clock& clock) {
  if (is_mongo(url)) return mongo::open_mongo_store(url, clock);
  TRY_ASSIGN(auto path, path_of(url));
  return open_sqlite_store(path, clock);
}

Result<void> restore_store(const std::string& file, const std::string& url, bool replace) {
  if (is_mongo(url)) {
    return fail(ErrorCode::unsupported,
                "a store in MongoDB is restored with MongoDB's own tools: run mongorestore on what mongodump wrote");
  }
  TRY_ASSIGN(auto path, path_of(url));
  return restore_backup(file, path, replace);
}

}  // namespace cadastre::store
