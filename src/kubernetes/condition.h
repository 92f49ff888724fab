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

// The instant that conditions are held against, and until when their answers stay the same while nothing changes but
// the time: the earliest instant of which one of them said "not yet", or "not any more". nullopt: for ever.
struct Moment {
  Time now{};
  std::optional<Time> next{};

  void turns_at(Time time) {
    if (time > now && (!next || time < *next)) next = time;
  }
};

// The values that a field finds, without nulls.
void each_value(const Field& field, const Here& here, const std::function<void(const json::value&)>& visit);
std::optional<Time> instant_of(const Field& field, const Here& here);

// Whether all of them hold at the moment. `others` are the cluster's documents; `kind` is that of here's.
bool all_hold(const std::vector<Condition>& conditions, Here& here, const std::string& kind, ClusterDocuments& others,
              Moment& moment);

// The elements of a document that a rule looks at, with where each is ("status.conditions[2]"; "": the document).
// `visit` returns false to stop.
void each_element(const Each& each, const json::value& document,
                  const std::function<bool(const json::value& element, const std::string& place)>& visit);

}  // namespace cadastre::kubernetes
