// What a rule's conditions mean.
#pragma once

#include "kubernetes/cluster_documents.h"
#include "kubernetes/rule.h"

namespace cadastre::kubernetes {

// Where a condition looks, and what it found out on the way: {$share} of a number, {$newest}, {$due}.
struct Here {
  const json::value& element;
  const json::value& document;
  catalog::Scope scope;

  Here(const json::value& element, const json::value& document);
};

// The values that a field finds, without nulls.
void each_value(const Field& field, const Here& here, const std::function<void(const json::value&)>& visit);
std::optional<Time> instant_of(const Field& field, const Here& here);

// Whether all of them hold at `now`. `others` are the cluster's documents; `kind` is that of here's.
bool all_hold(const std::vector<Condition>& conditions, Here& here, const std::string& kind, ClusterDocuments& others,
              Time now);

// The elements of a document that a rule looks at, with where each is ("status.conditions[2]"; "": the document).
// `visit` returns false to stop.
void each_element(const Each& each, const json::value& document,
                  const std::function<bool(const json::value& element, const std::string& place)>& visit);

}  // namespace cadastre::kubernetes
