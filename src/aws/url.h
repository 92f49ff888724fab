// An endpoint's address in the pieces that signing and sending need. Inside aws/ only.
#pragma once

#include <string>

#include "base/result.h"

namespace cadastre::aws {

struct Url {
  std::string scheme;     // "https"
  std::string authority;  // what the Host header says: the port only when it is not the scheme's own
  std::string path;       // "" or "/…", without a trailing slash; as it was given
  std::string query;      // without '?'

  std::string host() const;  // without port and brackets
  std::string origin() const { return scheme + "://" + authority; }
};

// Errors: invalid, naming the text; a user and password in it are refused.
Result<Url> parse_url(std::string_view text);

}  // namespace cadastre::aws
