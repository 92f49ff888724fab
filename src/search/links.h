// The links between resources, as their kinds' stanzas have them, followed both ways: now, over the index where there
// is one, or at an instant, over the store. The answers are the same.
//
// What a text of a link means. An id or an ARN: of several the one in the same account and region is meant, then one in
// the same account. Between two kinds of Kubernetes: only what is in the same cluster (account and cell region), for
// every cluster has its own "default/web". A DNS name or an address (by: dns): whatever goes by it, the case, a dot at
// its end and "dualstack." before it aside; of several those in the same account. Names that nothing here goes by are
// anybody's, and no relation.
#pragma once

#include <unordered_map>

#include "search/facts.h"

namespace cadastre::search {

constexpr size_t kMostRelations = 1'000;  // in one direction

// One read's, not thread-safe. Errors of all members: the store's; malformed, when a stored document is damaged.
class Links {
 public:
  Links(std::optional<Time> at, const query::Scope& scope, Facts& facts) : at_(at), scope_(scope), facts_(facts) {}

  struct Out {
    const catalog::Link* link = nullptr;
    std::string text;
    std::vector<store::Resource> targets;  // empty: nothing that the asker may know of
  };
  // What the resource refers to, in the stanza's order.
  Result<std::vector<Out>> out(const store::Resource& from);

  struct In {
    const catalog::Link* link = nullptr;
    store::Resource from;
  };
  // What refers to the resource, each once, by kind and id. `kind`: only of that kind; "": any.
  Result<std::vector<In>> in(const store::Resource& to, const std::string& kind = {});

  // Either of them, of one kind.
  Result<std::vector<store::Resource>> neighbours(const store::Resource& resource, const std::string& kind);

  // The EKS cluster that a resource's cluster is: the one that it is bound to, else that of its account and region
  // which has its name. nullopt: the asker knows of none.
  Result<std::optional<store::Resource>> eks_of(const store::Resource& inside);
  // What stands for the clusters that an EKS cluster is, and their nodes.
  Result<std::vector<store::Resource>> inside_of(const store::Resource& eks);

  // What of a kind goes by a DNS name or an address: its name or a text that it is searched by, but for those by which
  // it refers to others. `host` as plain_host() has it.
  Result<std::vector<store::Resource>> named(const std::string& kind, const std::string& host) {
    return with_host(kind, host, false);
  }
  // What of a kind refers to the name or the address, whether anything goes by it or not.
  Result<std::vector<store::Resource>> naming(const std::string& kind, const std::string& host) {
    return with_host(kind, host, true);
  }

 private:
  using Texts = std::vector<std::pair<const catalog::Link*, std::string>>;
  Result<Texts> texts_of(const store::Resource& resource) const;
  Result<std::vector<store::Resource>> with_host(const std::string& kind, const std::string& host, bool refers);
  Result<std::vector<store::Resource>> targets(const store::Resource& from, const catalog::Link& link,
                                               const std::string& text);
  Result<std::vector<store::Resource>> candidates(const store::Resource& to, const std::vector<std::string>& kinds);
  Result<void> project_then(store::Resource& resource) const;
  using Numbers = std::function<std::vector<int64_t>(const index::Index&, const index::Among&)>;
  using Fits = std::function<bool(const store::Resource&)>;
  // Rows of the kinds, in the cell account and region ("": any), that may be meant: those whose numbers the index has,
  // or whose documents fit. At an instant the index answers for what has not changed since, and the store for the rest.
  Result<std::vector<store::Resource>> among(const std::vector<std::string>& kinds, const std::string& account,
                                             const std::string& region, const Numbers& numbers, const Fits& fits);
  // Rows of the store, with documents, of the kinds; `account` "": any; `superseded` as in store::Filter. What is small
  // is read once: a road asks again.
  Result<void> each_row(const std::vector<std::string>& kinds, const std::string& account, bool superseded,
                        const std::function<bool(const store::Resource&)>& visit);
  store::Filter filter_of(std::vector<std::string> kinds) const;
  bool sees_nothing() const { return !scope_.everything && scope_.accounts.empty(); }

  std::optional<Time> at_;
  const query::Scope& scope_;
  Facts& facts_;
  std::unordered_map<std::string, std::vector<store::Resource>> scanned_;  // by kinds and account
  std::unordered_map<std::string, std::vector<store::Resource>> known_;    // by what asks, and for what
};

// A resource of a cluster, not of AWS.
inline bool in_cluster(std::string_view kind) { return kind.starts_with("k8s."); }
constexpr std::string_view kEksCluster = "aws.eks.cluster", kCluster = "k8s.cluster", kNode = "k8s.node";
inline bool stands_for_cluster(std::string_view kind) { return kind == kCluster || kind == kNode; }

}  // namespace cadastre::search
