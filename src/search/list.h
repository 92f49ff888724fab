// How a list is answered: from the index, from the store, or from both together, always in the same order and with the
// same counts.
#pragma once

#include "search/rows.h"

namespace cadastre::search {

// A list request, understood.
struct Plan {
  Question question;
  Span span;  // of what is read from the store
  Order order;
  std::vector<std::pair<index::FacetKey, std::string>> facets;
  // Which part the index answers: none; all of it; or what it reaches and what is live still, while the store has the
  // rest.
  enum class By { store, index, both } by = By::store;
  index::Reach reach;
};

// Errors: invalid, as Reader::list.
Result<Plan> plan(const ListRequest& request, const query::Scope& scope, Facts& facts);

// A page of it: which resources, in order, with the counts.
struct Page {
  std::vector<int64_t> resources;
  std::string next;
  uint64_t total = 0;
  bool exact = true;
  std::vector<index::Facet> facets;
};
Result<Page> read_page(const ListRequest& request, const Plan& plan, size_t limit, Facts& facts, std::stop_token stop);

}  // namespace cadastre::search
