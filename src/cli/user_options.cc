// The flags of `cadastre user` and `cadastre token`.
#include <CLI/CLI.hpp>

#include "cli/user.h"

namespace cadastre::cli {
namespace {

void add_password(CLI::App* command, PasswordOptions& password) {
  auto* from_stdin = command->add_flag("--password-stdin", password.from_stdin, "read it from standard input");
  command->add_flag("--generate", password.generate, "make one up and print it, this once")->excludes(from_stdin);
}

void add_format(CLI::App* command, OutputOptions& output) {
  command->add_option("-o,--output", output.format, "how to print")
      ->check(CLI::IsMember(std::vector<std::string>{"table", "json"}))
      ->capture_default_str();
}

}  // namespace

void add_user_commands(CLI::App& app, const GlobalOptions& global, const OnCommand& on) {
  auto users = std::make_shared<UserOptions>();
  auto* user = app.add_subcommand("user", "who may sign in, and what they may");
  user->require_subcommand(1);
  user->footer(
      "A viewer reads; an operator may also start collections; an admin may also manage users. Each may be limited to\n"
      "accounts. Example:\n  cadastre user add ana --role viewer --account prod --generate");
  auto user_command = [&](const char* name, const char* what, UserOptions::Action action) {
    auto* command = user->add_subcommand(name, what);
    on(command, [&global, users, action] {
      users->action = action;
      return run_user(global, *users);
    });
    return command;
  };
  auto named = [&](CLI::App* command) {
    command->add_option("name", users->name, "the user")->required();
    return command;
  };
  auto accounts = [&](CLI::App* command, const char* what) {
    command->add_option("-a,--account", users->accounts, what);
  };
  using Action = UserOptions::Action;
  auto* add = named(user_command("add", "a new user; asks for the password", Action::add));
  add->add_option("--role", users->role, "viewer, operator or admin")->required();
  accounts(add, "sees only these accounts (id or name)");
  add_password(add, users->password);
  add_format(user_command("list", "all users", Action::list), users->output);
  auto* role = named(user_command("role", "give another role, or other accounts; signs the user out", Action::role));
  role->add_option("role", users->role, "viewer, operator or admin")->required();
  accounts(role, "sees only these accounts from now on (id or name)");
  role->add_flag("--all-accounts", users->all_accounts, "sees all accounts from now on");
  add_password(named(user_command("password", "set a new password; signs the user out", Action::password)),
               users->password);
  named(user_command("disable", "keep out, at once, with all API tokens", Action::disable));
  named(user_command("enable", "let in again", Action::enable));
  named(user_command("remove", "remove with sessions, tokens and views", Action::remove));

  auto tokens = std::make_shared<TokenOptions>();
  auto* token = app.add_subcommand("token", "API tokens, for programs");
  token->require_subcommand(1);
  token->footer(
      "A token may never do more than its owner. Example:\n"
      "  cadastre token add ana nightly-report --scope read --expires 90d");
  auto token_command = [&](const char* name, const char* what, TokenOptions::Action action) {
    auto* command = token->add_subcommand(name, what);
    on(command, [&global, tokens, action] {
      tokens->action = action;
      return run_token(global, *tokens);
    });
    return command;
  };
  auto owned = [&](CLI::App* command) {
    command->add_option("user", tokens->owner, "whose")->required();
    command->add_option("name", tokens->name, "what it is for")->required();
    return command;
  };
  auto* add_token = owned(token_command("add", "a new token; prints its secret, this once", TokenOptions::Action::add));
  add_token->add_option("-s,--scope", tokens->scopes, "read, collect (and read), admin (all), metrics")->required();
  add_token->add_option("-a,--account", tokens->accounts, "only these accounts (id or name)");
  add_token->add_option("--expires", tokens->expires, "after so long: 90d");
  auto* list = token_command("list", "all tokens, or a user's", TokenOptions::Action::list);
  list->add_option("user", tokens->owner, "whose");
  add_format(list, tokens->output);
  owned(token_command("remove", "withdraw a token, at once", TokenOptions::Action::remove));
}

}  // namespace cadastre::cli
