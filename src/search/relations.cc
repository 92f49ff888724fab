// What a resource refers to, by the links of its kind, what refers to it, and what lies farther along the roads that
// people ask about.
#include "search/one.h"
#include "search/roads.h"

namespace cadastre::search {
namespace {

Relation relation_of(const store::Resource& resource, const Snapshot& snapshot, bool outgoing, std::string via) {
  return {resource.cell.kind,
          resource.id(),
          resource.name,
          resource.state,
          resource.cell.account,
          snapshot.account_name(resource.cell.account),
          true,
          outgoing,
          std::move(via)};
}

}  // namespace

Result<std::vector<Relation>> relations_of(const store::Resource& resource, std::optional<Time> at,
                                           const query::Scope& scope, Facts& facts) {
  TRY_ASSIGN(auto snapshot, facts.snapshot());
  std::vector<Relation> relations;
  Links links(at, scope, facts);
  std::set<int64_t> near = {resource.resource};
  TRY_ASSIGN(auto outgoing, links.out(resource));
  for (const auto& [link, text, targets] : outgoing) {
    for (const auto& target : targets) {
      if (target.resource == resource.resource) continue;
      near.insert(target.resource);
      relations.push_back(relation_of(target, *snapshot, true, link->path.source()));
    }
    if (targets.empty()) relations.push_back({link->to, text, "", "", "", "", false, true, link->path.source()});
  }
  if (resource.deleted) return relations;
  TRY_ASSIGN(auto incoming, links.in(resource));
  for (const auto& [link, from] : incoming) {
    near.insert(from.resource);
    relations.push_back(relation_of(from, *snapshot, false, link->path.source()));
  }
  TRY_ASSIGN(auto farther, beyond(resource, links));
  for (const auto& [found, via, away] : farther) {
    if (near.insert(found.resource).second) relations.push_back(relation_of(found, *snapshot, away, via));
  }
  return relations;
}

Result<std::vector<Relation>> Reader::relations(std::string_view id, std::optional<Time> at,
                                                const query::Scope& scope) const {
  TRY_ASSIGN(auto resource, find_one(id, at, false, scope, *facts_));
  return relations_of(resource, at, scope, *facts_);
}

}  // namespace cadastre::search
