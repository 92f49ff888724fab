// From the text of one object to the document that is kept of it, the same whichever way it was dumped.
#pragma once

#include "base/json.h"
#include "kubernetes/list_reader.h"

namespace cadastre::kubernetes {

// "Deployment", "apps/v1" → "deployments.apps", by the rule that Kubernetes itself names resources by. "" of nothing.
std::string resource_of(std::string_view kind, std::string_view api_version);

// Of what kind the items of such a list are that do not say it themselves: "PodList" → "Pod"; "List" → "".
std::string item_kind(const Envelope& envelope);

// The API server's lists name kind and version once, kubectl's at each item: here every document has them. Members are
// in the order of their names, as kubectl prints them; metadata.managedFields, a book-keeping larger than the rest, is
// gone. Errors: malformed: no JSON, no object, or no name that Kubernetes would give.
Result<json::value> read_object(std::string_view text, const Envelope& envelope, json::storage_ptr storage);

}  // namespace cadastre::kubernetes
