// Does a resource match? The meaning of the language: an index may answer faster, but never otherwise.
#pragma once

#include "catalog/catalog.h"
#include "query/address.h"
#include "query/expression.h"
#include "store/store.h"

namespace cadastre::query {

// What a query may ask of a resource, read off its row and document.
struct Subject {
  const catalog::Kind* kind = nullptr;  // nullptr: the catalogue no longer has it
  std::string kind_name, account, account_name, region, id, native, name, state, arn, owner;
  std::map<std::string, std::string> groups;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<std::string> texts;  // that words are looked for in, lower-cased: id, name, ARN, tags, search paths
  std::vector<Network> networks;   // every address and network in the document
  std::optional<Time> created;
  Time first_seen{}, changed{};
  bool deleted = false, stale = false;
  const json::value* document = nullptr;
};

struct Estate {
  const catalog::Catalog& catalog;
  std::map<std::string, store::AccountRow> accounts;
  std::vector<std::string> owner_tags = {"owner", "Owner", "team",
                                         "Team"};  // the first that a resource has names its owner
};

// `document` must outlive the subject.
Subject subject_of(const store::Resource& resource, const json::value& document, const Estate& estate);

bool matches(const Expression& expression, const Subject& subject, Time now);

// What of the expression the store can narrow down by itself: the kinds, accounts and regions that every match must
// have. Kinds and accounts are expanded to those there are.
store::Filter narrow(const Expression& expression, const Estate& estate, std::span<const store::Cell> cells);

}  // namespace cadastre::query
