// The options of `cadastre user` and `cadastre token`.
#pragma once

#include <functional>

#include "cli/app.h"
#include "cli/secret_input.h"

namespace CLI {
class App;
}

namespace cadastre::cli {

struct UserOptions {
  enum class Action { list, add, role, password, disable, enable, remove } action = Action::list;
  std::string name, role;
  std::vector<std::string> accounts;  // ids or names; none: all
  bool all_accounts = false;          // a change of role lifts the limit
  PasswordOptions password;
  OutputOptions output;
};
int run_user(const GlobalOptions& global, const UserOptions& options);

struct TokenOptions {
  enum class Action { list, add, remove } action = Action::list;
  std::string owner, name;
  std::vector<std::string> scopes, accounts;
  std::string expires;  // from now: "90d"; empty: never
  OutputOptions output;
};
int run_token(const GlobalOptions& global, const TokenOptions& options);

// Adds both commands. `on` says what runs when a command was chosen.
using OnCommand = std::function<void(CLI::App*, std::function<int()>)>;
void add_user_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on);

}  // namespace cadastre::cli
