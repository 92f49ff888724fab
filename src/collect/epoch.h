// Epochs: when a stanza, AWS's model or redaction changes between releases, documents read differently though nothing
// changed. A document of an earlier epoch is compared with today's only on the paths that both epochs know.
#pragma once

#include <string>

#include "catalog/catalog.h"

namespace cadastre::collect {

// What a kind's canonical form depends on, as text; equal texts are one epoch.
Result<std::string> epoch_spec(const catalog::Kind& kind, const aws::Models& models);
// The same of a kind that no model describes: everything in its documents is known.
std::string epoch_spec(const catalog::Kind& kind);

// Do the two documents say the same, on what both epochs know, none of them calls volatile, and none redacts?
Result<bool> same_across_epochs(const json::value& before, std::string_view before_spec, const json::value& after,
                                std::string_view after_spec);

}  // namespace cadastre::collect
