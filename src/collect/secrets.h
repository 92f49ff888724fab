// What looks like a secret, in documents of which nobody can say beforehand where one is: arguments, annotations,
// custom resources. By its name (a member, a flag, a variable, the `name` beside a `value`), or by its own look
// (credentials in a URL, tokens of well-known makers, long random words). References to secrets (secretName, …Ref,
// paths) are none. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace cadastre::collect {

// What is written in a secret's place. It is given what it has written before, too.
using StandIn = std::function<std::string(std::string_view secret)>;

// "db.password", "API_TOKEN", "X-Api-Key"; not "secretName", "token-ttl".
bool names_secret(std::string_view name);

// Replaces the secrets among all texts below `value`; of a text only the part that is one: "--password=…".
void replace_secrets(json::value& value, const StandIn& stand_in);

// The same of one text.
std::string without_secrets(std::string_view text, const StandIn& stand_in);

}  // namespace cadastre::collect
