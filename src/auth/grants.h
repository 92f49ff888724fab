// What an identity provider's claims give a user here. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/auth.h"
#include "base/json.h"

namespace cadastre::auth {

// A claim by its name, whole ("https://example.com/groups"), or else as a path ("realm_access.roles"); a single text
// counts as a list of one.
std::vector<std::string> texts_in(const json::object& claims, const std::string& name);

struct Given {
  Role role = Role::none;
  query::Scope scope{.everything = false, .accounts = {}};
};
// The highest role of all groups, and their accounts together; a grant without accounts is for all of them. An
// account's name that nobody knows gives nothing.
Given given_by(const std::vector<std::string>& groups, const std::vector<OidcConfig::Grant>& grants,
               const std::map<std::string, std::string>& ids_by_name);

// What the user is to be called: the configured claim, unless it is an address that the provider itself says is
// unverified; else preferred_username; else the subject.
std::string name_in(const json::object& claims, const std::string& claim);

}  // namespace cadastre::auth
