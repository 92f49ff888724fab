// The commands that read: options, and the functions that run them. Each returns the exit code: 0 found, 1 not found or
// failed, 2 the caller's mistake.
#pragma once

#include "cli/app.h"

namespace cadastre::cli {

struct FindOptions {
  std::vector<std::string> query;
  std::string at, since, until, sort;
  std::vector<std::string> columns;
  bool deleted = false;
  size_t limit = 50;
  OutputOptions output;
};
int run_find(const GlobalOptions& global, const FindOptions& options);

struct ShowOptions {
  std::string id, at;
  OutputOptions output;
};
int run_show(const GlobalOptions& global, const ShowOptions& options);
int run_history(const GlobalOptions& global, const ShowOptions& options);

struct ChangesOptions {
  std::vector<std::string> query;
  std::string since = "-1d", until;
  size_t limit = 50;
  bool brief = false;
  OutputOptions output;
};
int run_changes(const GlobalOptions& global, const ChangesOptions& options);

struct DiffOptions {
  std::vector<std::string> what;  // an id, or a query
  std::string from, to;
  bool unified = false;
  OutputOptions output;
};
int run_diff(const GlobalOptions& global, const DiffOptions& options);

struct LoginOptions {
  bool from_stdin = false;  // the token is on standard input
};
int run_login(const GlobalOptions& global, const LoginOptions& options);
int run_logout(const GlobalOptions& global);

// What there is to complete, as the parser knows it.
struct CommandLine {
  struct Option {
    std::string name;  // "--limit"
    bool takes_value = false;
  };
  struct Command {
    std::string name;
    std::vector<Option> options;
  };
  std::vector<Option> options;  // of all commands
  std::vector<Command> commands;
};
int run_completion(const std::string& shell);
std::string_view completion_script(std::string_view shell);  // bash, zsh, fish
// The words after "cadastre" so far; the last is the one to complete. run_complete prints one candidate a line.
std::vector<std::string> completions(std::span<const std::string> words, const CommandLine& line);
int run_complete(const std::vector<std::string>& words, const CommandLine& line);

}  // namespace cadastre::cli
