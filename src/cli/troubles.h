// What went wrong in the same way is said once.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace cadastre::cli {

struct Trouble {
  std::string outcome, code, message;  // message: of the first cell
  std::set<std::string> accounts, regions, kinds;
  size_t cells = 0;
  std::optional<Time> verified;  // the oldest proof among them; nullopt: one was never read
};

struct TroubledCell {
  store::CellKey key;
  std::string account_label, outcome, code, message;
  std::optional<Time> verified;
};

// Cells with one sentence are one trouble (an account that cannot be entered); so are cells of one kind with one code.
std::vector<Trouble> group_troubles(const std::vector<TroubledCell>& cells);
// "failed: aws.ssm.parameter, prod, eu-west-1; last verified 3h ago"
std::string headline(const Trouble& trouble, Time now);
void print_troubles(const std::vector<Trouble>& troubles, Time now);

}  // namespace cadastre::cli
