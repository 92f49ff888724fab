// The tokens of servers that somebody signed in to: ~/.config/cadastre/credentials (or under $XDG_CONFIG_HOME), mode
// 0600, JSON. $CADASTRE_TOKEN goes before it.
#pragma once

#include "base/result.h"

namespace cadastre::cli {

std::string credentials_file();

// Errors: invalid, when it is no URL of http or https.
Result<void> check_server_url(const std::string& url);
// Errors: denied, saying how to sign in; refused, when the file can be read by others.
Result<std::string> token_for(const std::string& url);
// "" takes it away. Errors: io.
Result<void> keep_token(const std::string& url, const std::string& token);

}  // namespace cadastre::cli
