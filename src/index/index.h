// The index: every live resource in memory, and those of the last weeks as they were, so that search, filters, facets
// and sort never wait for the store.
//
// Built from the store at start, followed through its changes. It answers the query language exactly as
// query/evaluate.h means it; what it cannot know without a document (data.PATH, size) it narrows down and asks
// `Documents` for. Reads are thread-safe and see one consistent moment; build() and follow() are one writer's.
#pragma once

#include <memory>
#include <set>
#include <shared_mutex>
#include <span>
#include <stop_token>

#include "catalog/catalog.h"
#include "query/evaluate.h"
#include "query/expression.h"
#include "query/scope.h"
#include "store/store.h"

namespace cadastre::index {

// What rows are ordered by. Relevance: exact id, exact name, prefix, word start, inside; within a class by kind weight
// and name, and recency among exact and prefix hits. Without words it is the order of kind and name.
enum class SortKey { relevance, id, name, kind, account, region, state, owner, created, changed, first_seen };

// What rows are counted by. space: namespace, as cluster of Kubernetes only. tag: with a name.
enum class FacetKey { kind, service, account, region, cluster, space, state, owner, tag };

struct Filter {
  FacetKey key;
  std::string name;                 // the tag's key
  std::vector<std::string> values;  // any of them; exact
};

// What was live at some moment of [since, until), as it was at the last such moment. An instant is a window of a
// millisecond.
struct Alive {
  Time since, until;
  static Alive at(Time instant) { return {instant, instant + Millis(1)}; }
};

// How much of the past of a window an index knows: all of it but of some kinds, or nothing. Of what it does not know it
// has what is live still, and the store has the rest.
struct Reach {
  bool any = true;
  std::set<std::string> lacking;  // kinds
  bool whole() const { return any && lacking.empty(); }
  bool operator==(const Reach&) const = default;
};

struct Request {
  const query::Expression* expression = nullptr;  // its DNS names resolved (query/resolve.h); nullptr: everything
  std::vector<Filter> filters;                    // all of them
  query::Scope scope;
  SortKey sort = SortKey::relevance;
  bool descending = false;
  size_t offset = 0, limit = 50;
  std::string cursor;                                    // Answer::next of the page before; then offset is 0
  std::vector<std::pair<FacetKey, std::string>> facets;  // what to count; the string is the tag's key
  size_t facet_values = 100;                             // of each, the most frequent
  std::optional<Alive> alive;                            // the rows of then; absent: of now
  Reach reach;  // of what it does not know only what is live still, and has not been written since
  Time now{};
};

struct FacetValue {
  std::string value;
  uint64_t count = 0;
};

struct Facet {
  FacetKey key;
  std::string name;
  std::vector<FacetValue> values;  // by count, then value; each facet without its own filter
  uint64_t distinct = 0;
};

struct Answer {
  std::vector<int64_t> resources;  // of the store, in order
  std::string next;                // cursor of the next page; "" at the end. Holds while data changes
  uint64_t total = 0;
  bool exact = true;  // false: total is an estimate
  std::vector<Facet> facets;
};

// Documents of versions, for terms that need them, in the order asked; "" for what is not kept. Of a kind without
// history a resource's version may be gone before this index has heard of the next: what it is now is all there is.
struct DocumentOf {
  int64_t version = 0;
  int64_t live = 0;  // its resource, when it is live
};
using Documents = std::function<Result<std::vector<std::string>>(std::span<const DocumentOf>)>;
// Those of this store, which must outlive it.
Documents stored_documents(store::Inventory& inventory);

// Which rows a look-up looks at.
struct Among {
  std::vector<std::string> kinds;  // empty: any
  std::string account, region;     // of the cell; "": any
  const query::Scope& scope;
  size_t limit = 0;
};

struct IndexSize {
  uint64_t resources = 0, bytes = 0, texts = 0, postings = 0;
  uint64_t past = 0;         // versions that ended, and are kept
  std::optional<Time> from;  // since when they are; absent: since ever
  int64_t sequence = 0;      // of the last change that is in it
};

struct Built {
  bool anew = true;      // from the store, not from a snapshot
  uint64_t changes = 0;  // that came after what it was built from
};

// Of versions that ended so many are kept in any case: a small estate's are no burden.
constexpr uint64_t kLeastPast = 100'000;

class Index {
 public:
  // Accounts and stale cells are read anew by each follow(). Of the past a quarter as many rows are kept as are live,
  // and `least_past` more; none when that is 0.
  Index(const catalog::Catalog& catalog, std::vector<std::string> owner_tags, uint64_t least_past = kLeastPast);
  ~Index();

  // From the store: all of it, or what changed since the snapshot in `file`, when there is one that fits this store,
  // this catalogue and this release. "" : no snapshot. Errors: the store's, cancelled.
  Result<Built> build(store::Store& store, const std::string& snapshot, std::stop_token stop);
  // From the snapshot or not at all. Returns how many changes came after it. Errors: the store's; not_found; invalid,
  // for one that does not fit.
  Result<uint64_t> load(store::Store& store, const std::string& snapshot);
  // Takes in what changed since the last time. Returns how many changes.
  Result<uint64_t> follow(store::Store& store);
  // For the next start. Written beside and renamed, so that a crash leaves the old one.
  Result<void> save(const std::string& snapshot) const;
  bool ready() const;
  // Of these kinds (none: any). It never grows, so what is the same after a search was so during it.
  Reach reach(const Alive& alive, std::span<const std::string> kinds) const;

  // Errors: invalid (a cursor that is none, or of another order), cancelled, the documents' own.
  Result<Answer> search(const Request& request, const Documents& documents, std::stop_token stop) const;
  // Ids of resources that refer to one of these texts (ids, ARNs, DNS names as plain_host() has them) by a link of
  // their kind.
  std::vector<int64_t> linking(std::span<const std::string> texts, const Among& among) const;
  // Ids of resources that have the DNS name or the address among their texts and addresses.
  std::vector<int64_t> having(const std::string& host, const Among& among) const;
  // Values of a key that begin with a text, the most frequent first: for suggestions and completion.
  std::vector<FacetValue> values(FacetKey key, const std::string& name, std::string_view prefix,
                                 const query::Scope& scope, size_t limit) const;
  // Tag keys, the most frequent first.
  std::vector<FacetValue> tag_keys(std::string_view prefix, const query::Scope& scope, size_t limit) const;
  IndexSize size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cadastre::index
