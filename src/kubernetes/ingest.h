// From a dump to versions in the store, by the rules that hold for every cell: (cluster, kind) is a cell, only what a
// manifest says is complete, and is, closes anything, and what did not change costs a comparison.
#pragma once

#include <map>
#include <stop_token>

#include "catalog/catalog.h"
#include "kubernetes/dump.h"
#include "store/store.h"

namespace cadastre::kubernetes {

// Bound to a cluster by the configuration, never by what a dump says.
struct Cluster {
  std::string name;             // the region of its cells
  std::string account, region;  // where it runs; its resources are this account's and live in this region
  std::string eks;              // the name of its EKS cluster; "": the one that has the same name, if there is one
};

struct KindReport {
  std::string resource, kind;  // "pods", "k8s.pod"; kind "": the catalogue has none for it, and it was left
  store::Outcome outcome = store::Outcome::never;
  std::string code, message;  // of what is not complete, and of what was left because a newer dump was there first
  uint64_t listed = 0, opened = 0, changed = 0, closed = 0;
};

struct DumpReport {
  std::string cluster, dump;
  Time started{};  // as of when it counts: the manifest's, at most its arrival
  std::vector<KindReport> kinds;
  Millis took{0};
  bool complete() const;
};

// Custom resources without a stanza are left, and said; so are Secrets and ConfigMaps. Thread-safe.
class Ingester {
 public:
  Ingester(const catalog::Catalog& catalog, store::Store& store, Clock& clock);

  // A whole dump. Errors: invalid: poison, with the sentence that says why (no dump of ours, another cluster's, a
  // manifest that cannot be read); io, full, timeout, denied, cancelled: nothing is wrong with the dump, try again.
  // A file that is missing, cut or malformed is no error: its kind's cell is failed or partial, and keeps what it had.
  // Not for two threads with the same cluster at once; other clusters may go on meanwhile.
  Result<DumpReport> ingest(const Cluster& cluster, DumpFiles& files, Time arrived, std::stop_token stop);

  // One file without a manifest: a list as kubectl or the API server prints it, of one kind or several, gzip or not. It
  // adds and changes and never closes; its kinds' cells are partial. `as_of`: when it was made.
  Result<DumpReport> ingest_list(const Cluster& cluster, const std::string& name, ByteSource& file, Time as_of,
                                 std::stop_token stop);

 private:
  const catalog::Catalog& catalog_;
  store::Store& store_;
  Clock& clock_;
  std::map<std::string, const catalog::Kind*, std::less<>> kinds_;  // by resource: "deployments.apps"
};

}  // namespace cadastre::kubernetes
