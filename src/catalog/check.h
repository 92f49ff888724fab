// Holds a stanza against AWS's own model, before anything is called.
#pragma once

#include "base/yaml.h"
#include "catalog/catalog.h"

namespace cadastre::catalog {

// Complains, at the stanza's lines, of calls that are refused or unknown, parameters, and paths that the model does not
// have.
void check_kind(const Kind& kind, const aws::Models& models, const YamlNode& stanza, YamlErrors& errors);

}  // namespace cadastre::catalog
