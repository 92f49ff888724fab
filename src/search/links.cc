#include "search/links.h"

#include <cstring>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "search/gather.h"
#include "search/one.h"
#include "search/screen.h"

namespace cadastre::search {
namespace {

Result<json::value> document_of(const store::Resource& resource) {
  return parse_json(resource.document.empty() ? "{}" : resource.document,
                    fmt::format("the stored document of {}", resource.id()));
}

bool same_cluster(const store::CellKey& a, const store::CellKey& b) {
  return a.account == b.account && a.region == b.region;
}

bool is_name(std::string_view text) { return query::looks_like_host(text) || parse_network(text); }

// DNS names and addresses that it refers to by its links, as plain_host() has them.
std::set<std::string> hosts_beyond(const catalog::Kind& kind, const json::value& document) {
  std::set<std::string> hosts;
  for (const auto& [link, text] : catalog::links_of(kind, document)) {
    if (link->by == catalog::Link::By::dns && is_name(text)) hosts.insert(query::plain_host(text));
  }
  return hosts;
}

// Those that it goes by.
std::set<std::string> hosts_of(const store::Resource& resource, const catalog::Kind& kind,
                               const json::value& document) {
  std::set<std::string> hosts;
  auto add = [&](const std::string& text) {
    if (is_name(text)) hosts.insert(query::plain_host(text));
  };
  std::ranges::for_each(catalog::search_texts(kind, document), add);
  for (const auto& other : hosts_beyond(kind, document)) hosts.erase(other);
  add(resource.name);
  return hosts;
}

bool mentions(const std::string& document, const std::string& text) {
  return ::strcasestr(document.c_str(), text.c_str()) != nullptr;
}

// What stands in the document of anything that refers to the resource by this link, whatever the case. A template only
// cuts from what stands there, and puts together at slashes.
std::string certain_text(const catalog::Link& link, const std::string& text) {
  if (link.as.empty()) return text;
  return text.substr(text.rfind('/') + 1);
}

}  // namespace

Result<void> Links::project_then(store::Resource& resource) const {
  if (!at_) return {};
  TRY_ASSIGN(auto document, document_of(resource));
  project(resource, document, facts_);
  return {};
}

store::Filter Links::filter_of(std::vector<std::string> kinds) const {
  store::Filter filter;
  filter.kinds = std::move(kinds);
  if (!scope_.everything) filter.accounts.assign(scope_.accounts.begin(), scope_.accounts.end());
  return filter;
}

Result<void> Links::each_row(const std::vector<std::string>& kinds, const std::string& account, bool superseded,
                             const std::function<bool(const store::Resource&)>& visit) {
  constexpr size_t kMostKept = 16 << 20;  // bytes of documents
  auto key = fmt::format("{}\n{}\n{}", account, superseded, join(kinds, "\n"));
  if (auto at = scanned_.find(key); at != scanned_.end()) {
    for (const auto& row : at->second) {
      if (!visit(row)) break;
    }
    return {};
  }
  auto filter = filter_of(kinds);
  if (!account.empty()) filter.accounts = {account};
  filter.superseded = superseded;
  std::vector<store::Resource> kept;
  size_t bytes = 0;
  bool whole = true;
  TRY(facts_.inventory().scan(filter, at_, [&](const store::Resource& row) {
    bytes += row.document.size();
    if (bytes <= kMostKept) kept.push_back(row);
    whole = visit(row);
    return whole;
  }));
  if (whole && bytes <= kMostKept) scanned_[key] = std::move(kept);
  return {};
}

Result<std::vector<store::Resource>> Links::among(const std::vector<std::string>& kinds, const std::string& account,
                                                  const std::string& region, const Numbers& numbers, const Fits& fits) {
  std::vector<store::Resource> rows;
  auto* index = facts_.ready_index();
  std::unordered_set<int64_t> superseded;
  if (at_ || !index) {
    TRY(each_row(kinds, account, index != nullptr, [&](const store::Resource& row) {
      if (!region.empty() && row.cell.region != region) return true;
      if (index) superseded.insert(row.resource);
      if (fits(row)) rows.push_back(row);
      return rows.size() < kMostRelations;
    }));
  }
  if (!index || rows.size() >= kMostRelations) return rows;
  TRY_ASSIGN(auto current,
             facts_.inventory().rows(numbers(*index, {kinds, account, region, scope_, kMostRelations}), true));
  for (auto& row : current) {
    if (row.deleted || (at_ && row.first_seen > *at_) || superseded.contains(row.resource)) continue;
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<Links::Texts> Links::texts_of(const store::Resource& resource) const {
  auto* kind = facts_.catalog.find(resource.cell.kind);
  if (!kind || resource.document.empty()) return Texts();
  TRY_ASSIGN(auto document, document_of(resource));
  return catalog::links_of(*kind, document);
}

Result<std::vector<store::Resource>> Links::with_host(const std::string& kind_name, const std::string& host,
                                                      bool refers) {
  std::vector<store::Resource> found;
  auto* kind = facts_.catalog.find(kind_name);
  if (!kind || sees_nothing() || !is_name(host)) return found;
  auto key = fmt::format("{}\n{}\n{}", kind_name, host, refers);
  if (auto at = known_.find(key); at != known_.end()) return at->second;
  auto numbers = [&](const index::Index& index, const index::Among& which) {
    return refers ? index.linking(std::span(&host, 1), which) : index.having(host, which);
  };
  auto fits = [&](const store::Resource& row) { return mentions(row.document, host); };
  TRY_ASSIGN(auto rows, among({kind_name}, "", "", numbers, fits));
  for (auto& row : rows) {
    TRY_ASSIGN(auto document, document_of(row));
    if (at_) project(row, document, facts_);
    auto hosts = refers ? hosts_beyond(*kind, document) : hosts_of(row, *kind, document);
    if (hosts.contains(host)) found.push_back(std::move(row));
  }
  std::ranges::sort(found, {}, &store::Resource::id);
  return known_[key] = std::move(found);
}

Result<std::vector<store::Resource>> Links::targets(const store::Resource& from, const catalog::Link& link,
                                                    const std::string& text) {
  bool inside = in_cluster(from.cell.kind) && in_cluster(link.to);
  auto key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", from.cell.account, inside ? from.cell.region : from.region, inside,
                         link.to, to_string(link.by), text);
  if (auto at = known_.find(key); at != known_.end()) return at->second;
  std::vector<store::Resource> found;
  if (link.by == catalog::Link::By::dns) {
    TRY_ASSIGN(found, named(link.to, query::plain_host(text)));
    auto mine = [&](const store::Resource& one) { return one.cell.account == from.cell.account; };
    if (std::ranges::any_of(found, mine)) std::erase_if(found, [&](const auto& one) { return !mine(one); });
    return known_[key] = std::move(found);
  }
  auto id = inside ? fmt::format("{}/{}/{}/{}", link.to, from.cell.account, from.cell.region, text) : text;
  TRY_ASSIGN(auto written, look_up(id, at_, scope_, facts_));
  const store::Resource* best = nullptr;
  auto nearness = [&](const store::Resource& one) {
    return one.cell.account != from.cell.account ? 0 : one.region != from.region ? 1 : 2;
  };
  for (const auto& one : written) {
    if (one.cell.kind != link.to || one.deleted || (inside && !same_cluster(one.cell, from.cell))) continue;
    // An ARN says its account itself; a bare id of another account's needs no guess when there is but one.
    if (!best || nearness(one) > nearness(*best)) best = &one;
  }
  if (best) {
    found.push_back(*best);
    TRY(project_then(found.back()));
  }
  return known_[key] = std::move(found);
}

Result<std::vector<Links::Out>> Links::out(const store::Resource& from) {
  TRY_ASSIGN(auto texts, texts_of(from));
  std::vector<Out> all;
  for (auto& [link, text] : texts) {
    TRY_ASSIGN(auto resources, targets(from, *link, text));
    if (resources.empty() && link->by == catalog::Link::By::dns) continue;
    all.push_back({link, std::move(text), std::move(resources)});
  }
  return all;
}

// Rows whose documents may refer to the resource: those the index has, or those that a scan finds by their text.
Result<std::vector<store::Resource>> Links::candidates(const store::Resource& to,
                                                       const std::vector<std::string>& kinds) {
  std::vector<std::string> texts = {to.native};
  if (!to.arn.empty() && to.arn != to.native) texts.push_back(to.arn);
  auto* to_kind = facts_.catalog.find(to.cell.kind);
  TRY_ASSIGN(auto document, document_of(to));
  if (to_kind) std::ranges::copy(hosts_of(to, *to_kind, document), std::back_inserter(texts));
  std::map<std::string, std::set<std::string>, std::less<>> needles;  // of each kind
  for (const auto& name : kinds) {
    for (const auto& link : facts_.catalog.find(name)->links) {
      if (link.to != to.cell.kind) continue;
      for (const auto& text : texts) needles[name].insert(certain_text(link, text));
    }
  }
  auto fits = [&](const store::Resource& row) {
    auto stands = [&](const std::string& needle) { return mentions(row.document, needle); };
    return std::ranges::any_of(needles[row.cell.kind], stands);
  };
  auto numbers = [&](const index::Index& index, const index::Among& which) { return index.linking(texts, which); };
  bool inside = in_cluster(to.cell.kind);
  return among(kinds, inside ? to.cell.account : "", inside ? to.cell.region : "", numbers, fits);
}

Result<std::vector<Links::In>> Links::in(const store::Resource& to, const std::string& kind) {
  std::vector<In> found;
  std::vector<std::string> kinds;
  for (const auto& one : facts_.catalog.kinds()) {
    if (!kind.empty() && one.name != kind) continue;
    // Nothing of AWS is in a cluster, and so nothing of it refers into one.
    if (in_cluster(to.cell.kind) && !in_cluster(one.name)) continue;
    if (std::ranges::any_of(one.links, [&](const auto& link) { return link.to == to.cell.kind; }))
      kinds.push_back(one.name);
  }
  if (kinds.empty() || sees_nothing() || (in_cluster(to.cell.kind) && !scope_.sees(to.cell.account))) return found;
  TRY_ASSIGN(auto rows, candidates(to, kinds));
  std::ranges::sort(rows, {}, [](const store::Resource& one) { return std::pair(one.cell.kind, one.id()); });
  for (auto& row : rows) {
    if (row.resource == to.resource || row.deleted) continue;
    TRY_ASSIGN(auto texts, texts_of(row));
    for (const auto& [link, text] : texts) {
      if (link->to != to.cell.kind) continue;
      if (link->by != catalog::Link::By::dns && text != to.native && text != to.arn) continue;
      TRY_ASSIGN(auto meant, targets(row, *link, text));
      if (std::ranges::find(meant, to.resource, &store::Resource::resource) == meant.end()) continue;
      TRY(project_then(row));
      found.push_back({link, std::move(row)});
      break;
    }
  }
  return found;
}

Result<std::vector<store::Resource>> Links::neighbours(const store::Resource& resource, const std::string& kind) {
  std::vector<store::Resource> found;
  auto add = [&](store::Resource one) {
    bool known = std::ranges::find(found, one.resource, &store::Resource::resource) != found.end();
    if (one.resource != resource.resource && !known) found.push_back(std::move(one));
  };
  TRY_ASSIGN(auto texts, texts_of(resource));
  for (const auto& [link, text] : texts) {
    if (link->to != kind) continue;
    TRY_ASSIGN(auto meant, targets(resource, *link, text));
    std::ranges::for_each(meant, add);
  }
  TRY_ASSIGN(auto incoming, in(resource, kind));
  for (auto& one : incoming) add(std::move(one.from));
  return found;
}

Result<std::optional<store::Resource>> Links::eks_of(const store::Resource& inside) {
  TRY_ASSIGN(auto known, facts_.store.clusters().clusters());
  store::ClusterRow row{inside.cell.account, inside.cell.region, inside.region, {}};
  for (auto& one : known) {
    if (one.account == row.account && one.name == row.name) row.eks = std::move(one.eks);
  }
  auto id = fmt::format("{}/{}/{}/{}", kEksCluster, row.account, row.region, row.eks.empty() ? row.name : row.eks);
  TRY_ASSIGN(auto found, look_up(id, at_, scope_, facts_));
  for (auto& one : found) {
    if (one.deleted || one.cell.kind != kEksCluster) continue;
    TRY(project_then(one));
    return std::move(one);
  }
  return std::nullopt;
}

Result<std::vector<store::Resource>> Links::inside_of(const store::Resource& eks) {
  TRY_ASSIGN(auto known, facts_.store.clusters().clusters());
  std::set<std::string> names = {eks.native};
  for (const auto& row : known) {
    if (row.account != eks.cell.account) continue;
    if ((row.eks.empty() ? row.name : row.eks) == eks.native)
      names.insert(row.name);
    else
      names.erase(row.name);  // it has the name, and is another
  }
  std::vector<store::Resource> found;
  auto filter = filter_of({std::string(kCluster), std::string(kNode)});
  filter.accounts = {eks.cell.account};
  filter.regions = {eks.region};
  if (!scope_.sees(eks.cell.account)) return found;
  TRY(facts_.inventory().scan(filter, at_, [&](const store::Resource& row) {
    if (names.contains(row.cell.region)) found.push_back(row);
    return found.size() < kMostRelations;
  }));
  for (auto& one : found) TRY(project_then(one));
  return found;
}

}  // namespace cadastre::search
