// Rules over the documents of one cluster.
#pragma once

#include "kubernetes/condition.h"

namespace cadastre::kubernetes {

// Since when something has held of a resource, by the versions that were stored of it.
struct Held {
  std::optional<Time> since;    // nullopt: by no version at all
  bool seen_beginning = false;  // a version before was seen of which it did not hold; else it may have held for longer
};
using Holds = std::function<bool(const json::value& document)>;
using History = std::function<Result<Held>(const Document& document, const Holds& holds)>;

struct Examined {
  std::vector<Finding> findings;  // the most severe first, then by rule, kind and id
  std::optional<Time>
      holds_until;  // as of this instant other rules may hold though no document changed; nullopt: never
};

// `as_of`: where ages are counted from. Errors: those of `history`, which is asked for rules that must have held for a
// while when the document does not say since when.
Result<Examined> examine(const HealthRules& rules, ClusterDocuments& documents, Time as_of, const History& history);

// The finding as of another instant, at which it still holds: what its sentence says of its age.
void age(Finding& finding, Time as_of);

}  // namespace cadastre::kubernetes
