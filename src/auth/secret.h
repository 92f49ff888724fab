// Secrets that are handed out (sessions, tokens, links) and the forms they are kept in. Pure functions, but for the
// operating system's randomness.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cadastre::auth {

// 32 bytes of the operating system's randomness as base64url: 43 characters, nothing to guess.
std::string new_secret();
// What is stored in a secret's place: SHA-256, lower-case hex. A secret has 256 bits, so it needs no slow hash.
std::string hash_of(std::string_view secret);
// Takes the same time wherever two texts of one length differ.
bool equal_secrets(std::string_view a, std::string_view b);

// RFC 4648 section 5, without padding. Decoding is strict: nullopt for any other character, for padding, and for bits
// left over.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

// Something kept in the store that must not be readable in a backup: AES-256-GCM under a key that is derived from the
// store's own by HMAC with `label`, bound to `context`, so that it opens nowhere else.
std::string seal(std::string_view store_key, std::string_view label, std::string_view context, std::string_view text);
// Errors: malformed when it was sealed with another key, label or context, or altered.
Result<std::string> unseal(std::string_view store_key, std::string_view label, std::string_view context,
                           std::string_view sealed);

}  // namespace cadastre::auth
