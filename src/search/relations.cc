// What a resource refers to, by the links of its kind, and what refers to it.
#include "base/text.h"
#include "search/one.h"
#include "search/screen.h"

namespace cadastre::search {
namespace {

constexpr size_t kMostRelations = 1'000;

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

// Turns the text of a link into the resource it means. Names are reused: of several the one in the same account and
// region is meant, then one in the same account.
class Resolver {
 public:
  Resolver(std::optional<Time> at, const query::Scope& scope, const Facts& facts)
      : at_(at), scope_(scope), facts_(facts) {}

  Result<std::optional<store::Resource>> resolve(const store::Resource& from, const catalog::Link& link,
                                                 const std::string& text) {
    auto key = fmt::format("{}\n{}\n{}\n{}", from.cell.account, from.region, link.to, text);
    if (auto at = known_.find(key); at != known_.end()) return at->second;
    TRY_ASSIGN(auto found, look_up(text, at_, scope_, facts_));
    const store::Resource* best = nullptr;
    auto nearness = [&](const store::Resource& one) {
      return one.cell.account != from.cell.account ? 0 : one.region != from.region ? 1 : 2;
    };
    for (const auto& one : found) {
      if (one.cell.kind != link.to || one.deleted) continue;
      // An ARN says its account itself; a bare id of another account's needs no guess when there is but one.
      if (!best || nearness(one) > nearness(*best)) best = &one;
    }
    auto resolved = best ? std::optional(*best) : std::nullopt;
    if (resolved && at_) {
      TRY_ASSIGN(auto document, parse_json(resolved->document.empty() ? "{}" : resolved->document, "a document"));
      project(*resolved, document, facts_);
    }
    return known_[key] = std::move(resolved);
  }

 private:
  std::optional<Time> at_;
  const query::Scope& scope_;
  const Facts& facts_;
  std::unordered_map<std::string, std::optional<store::Resource>> known_;
};

// Which kinds have links to this one.
std::vector<std::string> kinds_with_links_to(const std::string& kind, const catalog::Catalog& catalog) {
  std::vector<std::string> kinds;
  for (const auto& one : catalog.kinds()) {
    if (std::ranges::any_of(one.links, [&](const auto& link) { return link.to == kind; })) kinds.push_back(one.name);
  }
  return kinds;
}

// Rows whose documents may refer to the resource: those the index has, or those that a scan finds by their text.
Result<std::vector<store::Resource>> candidates(const store::Resource& resource, std::optional<Time> at,
                                                const query::Scope& scope, Facts& facts) {
  std::vector<std::string> texts = {resource.native};
  if (!resource.arn.empty() && resource.arn != resource.native) texts.push_back(resource.arn);
  std::vector<store::Resource> found;
  auto* index = at ? nullptr : facts.ready_index();
  if (index) {
    TRY_ASSIGN(auto numbers, index->linking(texts, scope, kMostRelations));
    return facts.inventory().rows(numbers, true);
  }
  store::Filter filter;
  filter.kinds = kinds_with_links_to(resource.cell.kind, facts.catalog);
  if (filter.kinds.empty()) return found;
  filter.accounts.assign(scope.accounts.begin(), scope.accounts.end());
  if (scope.everything) filter.accounts.clear();
  if (!scope.everything && filter.accounts.empty()) return found;
  // As it stands in the stored JSON.
  std::vector<std::string> quoted;
  for (const auto& text : texts) quoted.push_back(to_json(json::value(text)));
  TRY(facts.inventory().scan(filter, at, [&](const store::Resource& row) {
    auto inside = [&](const std::string& text) { return holds(row.document, text); };
    if (std::ranges::any_of(quoted, inside)) found.push_back(row);
    return found.size() < kMostRelations;
  }));
  return found;
}

}  // namespace

Result<std::vector<Relation>> relations_of(const store::Resource& resource, std::optional<Time> at,
                                           const query::Scope& scope, Facts& facts) {
  TRY_ASSIGN(auto snapshot, facts.snapshot());
  std::vector<Relation> relations;
  Resolver resolver(at, scope, facts);
  auto links = [&](const store::Resource& row) -> Result<std::vector<std::pair<const catalog::Link*, std::string>>> {
    auto* kind = facts.catalog.find(row.cell.kind);
    if (!kind || row.document.empty()) return {};
    TRY_ASSIGN(auto document, parse_json(row.document, fmt::format("the stored document of {}", row.id())));
    return catalog::links_of(*kind, document);
  };
  TRY_ASSIGN(auto outgoing, links(resource));
  for (const auto& [link, text] : outgoing) {
    TRY_ASSIGN(auto target, resolver.resolve(resource, *link, text));
    if (target && target->resource == resource.resource) continue;
    if (target)
      relations.push_back(relation_of(*target, *snapshot, true, link->path.source()));
    else
      relations.push_back({link->to, text, "", "", "", "", false, true, link->path.source()});
  }
  if (resource.deleted) return relations;
  TRY_ASSIGN(auto others, candidates(resource, at, scope, facts));
  std::ranges::sort(others, {}, [](const store::Resource& one) { return std::tuple(one.cell.kind, one.id()); });
  for (auto& other : others) {
    if (other.resource == resource.resource || other.deleted) continue;
    TRY_ASSIGN(auto theirs, links(other));
    for (const auto& [link, text] : theirs) {
      if (link->to != resource.cell.kind || (text != resource.native && text != resource.arn)) continue;
      TRY_ASSIGN(auto target, resolver.resolve(other, *link, text));
      if (!target || target->resource != resource.resource) continue;
      if (at) {
        TRY_ASSIGN(auto document, parse_json(other.document, "a document"));
        project(other, document, facts);
      }
      relations.push_back(relation_of(other, *snapshot, false, link->path.source()));
      break;
    }
  }
  return relations;
}

Result<std::vector<Relation>> Reader::relations(std::string_view id, std::optional<Time> at,
                                                const query::Scope& scope) const {
  TRY_ASSIGN(auto resource, find_one(id, at, false, scope, *facts_));
  return relations_of(resource, at, scope, *facts_);
}

}  // namespace cadastre::search
