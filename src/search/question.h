// A query, understood for one asker at one moment: what to evaluate, and what the store can narrow down.
#pragma once

#include "search/facts.h"

namespace cadastre::search {

struct Question {
  std::string text;
  query::Expression expression;
  store::Filter narrowed;  // kinds, accounts, regions that every match has, and the asker's accounts
  query::Scope scope;
  bool asks_deleted = false;  // is:deleted stands in it somewhere
  bool only_deleted = false;  // every match is deleted
  bool asks_stale = false;
  SnapshotPtr facts;

  // What a row is, to the expression. `document` must outlive it.
  query::Subject subject(const store::Resource& resource, const json::value& document, std::optional<Time> at) const;
};

// Errors: invalid, with a caret; of what is outside the scope it says what it says of what there never was.
Result<Question> understand(std::string_view text, const query::Scope& scope, Facts& facts);

// Follows the DNS names of a question to where they lead now, whatever time is asked for. Errors: the store's.
Result<void> follow_names(Question& question, Facts& facts);

// The narrowed filter with what an explicit choice of kinds, accounts or regions leaves of it.
void narrow_by(store::Filter& filter, const index::Filter& chosen);

}  // namespace cadastre::search
