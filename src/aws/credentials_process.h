// Credentials that a program of the user's prints (credential_process, version 1). Inside aws/ only.
#pragma once

#include <stop_token>

#include "aws/credentials.h"

namespace cadastre::aws {

// Runs `command` with /bin/sh -c, its standard input empty and its standard error ours, and reads the JSON it prints.
// It is ended with all its children after `limit`, or when asked to stop. Errors: invalid (what it printed), failed
// (its exit), timeout, cancelled; they name the profile and never what was printed.
Result<Credentials> run_credential_process(const std::string& command, std::string_view profile, Millis limit,
                                           std::stop_token stop);

}  // namespace cadastre::aws
