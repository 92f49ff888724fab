// Rules over the documents of one cluster.
#pragma once

#include "kubernetes/condition.h"

namespace cadastre::kubernetes {

// Since when something has held of a resource, by the versions that were stored of it.
struct Held {
  std::optional<Time> since;  // nullopt: as long as it has been known, and not for long
  bool for_long = true;       // not shown to have begun only lately
};
using Holds = std::function<bool(const json::value& document)>;
using History = std::function<Result<Held>(const Document& document, Millis lasting, const Holds& holds)>;

// Every finding, the most severe first, then by rule, kind and id. `as_of`: where ages are counted from. Errors: those
// of `history`, which is asked for rules that must have held for a while when the document does not say since when.
Result<std::vector<Finding>> examine(const HealthRules& rules, ClusterDocuments& documents, Time as_of,
                                     const History& history);

}  // namespace cadastre::kubernetes
