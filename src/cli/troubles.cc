#include "cli/troubles.h"

#include "base/text.h"
#include "cli/app.h"

namespace cadastre::cli {
namespace {

void add(Trouble& trouble, const TroubledCell& cell) {
  if (trouble.cells++ == 0) {
    trouble.outcome = cell.outcome;
    trouble.code = cell.code;
    trouble.message = cell.message;
    trouble.verified = cell.verified;
  }
  if (!cell.verified || (trouble.verified && *cell.verified < *trouble.verified)) trouble.verified = cell.verified;
  trouble.accounts.insert(cell.account_label);
  trouble.regions.insert(cell.key.region);
  trouble.kinds.insert(cell.key.kind);
}

std::string some(const std::set<std::string>& names, std::string_view noun) {
  constexpr size_t kNamed = 3;
  if (names.size() > kNamed) return fmt::format("{} {}", names.size(), noun);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<Trouble> group_troubles(const std::vector<TroubledCell>& cells) {
  std::map<std::pair<std::string, std::string>, size_t> sentences;
  for (const auto& cell : cells) ++sentences[{cell.outcome, cell.message}];
  std::map<std::vector<std::string>, Trouble> groups;
  for (const auto& cell : cells) {
    // A sentence that stands on many cells is about their account, or the network; else it is about the kind.
    bool shared = sentences[{cell.outcome, cell.message}] > 1;
    std::vector<std::string> key = shared ? std::vector{cell.outcome, std::string(), cell.message}
                                          : std::vector{cell.outcome, cell.key.kind, cell.code};
    add(groups[key], cell);
  }
  std::vector<Trouble> troubles;
  for (auto& [key, trouble] : groups) troubles.push_back(std::move(trouble));
  std::ranges::stable_sort(troubles, std::greater(), &Trouble::cells);
  return troubles;
}

std::string headline(const Trouble& trouble, Time now) {
  return fmt::format("{}: {}, {}, {}; {}", trouble.outcome, some(trouble.kinds, "kinds"),
                     some(trouble.accounts, "accounts"), some(trouble.regions, "regions"),
                     trouble.verified ? "last verified " + ago(trouble.verified, now) : "never verified");
}

void print_troubles(const std::vector<Trouble>& troubles, Time now) {
  for (const auto& trouble : troubles) {
    print(printable("  " + headline(trouble, now)) + "\n");
    for (auto line : split(trouble.message, '\n')) print(printable("    " + std::string(line)) + "\n");
  }
}

}  // namespace cadastre::cli
