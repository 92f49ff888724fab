// Does a resource match? The meaning of the language: an index may answer faster, but never otherwise.
#pragma once

#include "base/address.h"
#include "catalog/catalog.h"
#include "query/expression.h"
#include "query/words.h"
#include "store/store.h"

namespace cadastre::query {

using Tags = std::vector<std::pair<std::string, std::string>>;  // names and values

// What a query may ask of a resource, read off its row and document.
struct Subject {
  const catalog::Kind* kind = nullptr;  // nullptr: the catalogue no longer has it
  std::string kind_name, account, account_name, region, id, native, name, state, arn, owner;
  std::string cluster, space;  // of Kubernetes: its cluster, its namespace
  std::map<std::string, std::string> groups;
  Tags tags;
  std::vector<std::string> texts;  // that words are looked for in, folded: id, name, ARN, tags, search paths
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

// The cluster of a cell, "" of AWS's; a Kubernetes resource's namespace, which is that of a namespace itself, too, and
// "" of what is in none.
std::string_view cluster_of(const store::CellKey& cell);
std::string_view namespace_of(std::string_view kind, std::string_view native);

// A resource's tags, and of these what the first of the owner tags says, "" when it has none of them.
Tags tags_of(const store::Resource& resource);
std::string owner_of(const Tags& tags, const Estate& estate);

// It is live, and lately nobody could see that it is.
bool is_stale(const store::Resource& resource);

// `document` must outlive the subject.
Subject subject_of(const store::Resource& resource, const json::value& document, const Estate& estate);

// Name, state, ARN, tags and birth as the document has them: of a version that ended, the row has those of today.
// `partition`: of the region, "aws".
void read_off(store::Resource& resource, const json::value& document, const catalog::Catalog& catalog,
              std::string_view partition);

constexpr auto kRecently = std::chrono::hours(24);  // is:new, is:changed

// How near the resource comes: of words that must all be there the farthest counts, of alternatives the nearest; what
// is no word is as near as can be. An address as a word is in the texts or the networks of what has it, and then,
// related, in networks around it (subnet, VPC, a rule of a security group), never by 0.0.0.0/0 or ::/0.
Nearness nearness(const Expression& expression, const Subject& subject, Time now);
bool matches(const Expression& expression, const Subject& subject, Time now);

// What comes first among equally near ones: the lighter the kind, the sooner people ask for it.
int kind_weight(std::string_view kind);

// What of the expression the store can narrow down by itself: the kinds, accounts and regions that every match must
// have. Kinds and accounts are expanded to those there are.
store::Filter narrow(const Expression& expression, const Estate& estate, std::span<const store::Cell> cells);

}  // namespace cadastre::query
