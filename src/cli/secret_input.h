// A password from a person or a program: typed without echo, piped, or made up.
#pragma once

#include <string>

#include "base/result.h"

namespace cadastre::cli {

struct PasswordOptions {
  bool from_stdin = false, generate = false;
};

// Typed twice at a terminal; one line with `from_stdin`; made up and printed once, on standard output, with `generate`.
// Errors: invalid (nothing given, two that differ, no terminal to ask at), cancelled.
Result<std::string> read_password(const PasswordOptions& options, const std::string& name);

// A line without echo. Errors: cancelled; invalid (no terminal to ask at).
Result<std::string> ask_secret(const std::string& prompt);

}  // namespace cadastre::cli
