// cadastre user, cadastre token: who may come in. They write to the store, so that a server that runs on it takes
// notice at its next request.
#include "cli/user.h"

#include "auth/auth.h"
#include "base/text.h"

namespace cadastre::cli {
namespace {

constexpr std::string_view kActor = "command line";

struct Office {
  Config config;
  std::unique_ptr<store::Store> store;
  Clock& clock = system_clock();
  store::Identity& people() { return store->identity(); }
};

Result<Office> open_office(const GlobalOptions& global) {
  Office office;
  TRY_ASSIGN(office.config, load_config(config_path(global), process_environment()));
  TRY_ASSIGN(office.store, store::open_store(office.config.store, office.clock));
  return office;
}

int finish(const GlobalOptions& global, const Result<void>& result) {
  return result ? kOk : report_error(result.error(), global.verbose);
}

Result<store::User> user_named(Office& office, const std::string& name) {
  TRY_ASSIGN(auto user, office.people().user_named(name));
  if (user) return *user;
  TRY_ASSIGN(auto users, office.people().users());
  std::vector<std::string_view> names;
  for (const auto& other : users) names.push_back(other.name);
  return fail(ErrorCode::not_found,
              fmt::format("there is no user '{}'{}; see `cadastre user list`", name, did_you_mean(name, names)));
}

Result<auth::Role> role_named(const std::string& word) {
  if (auto role = auth::role_of(word)) return *role;
  return fail(ErrorCode::invalid, fmt::format("'{}' is no role; write viewer, operator or admin", word));
}

// Ids as they are; names by the configuration and by what was collected.
Result<std::vector<std::string>> account_ids(Office& office, const std::vector<std::string>& words) {
  std::map<std::string, std::string> by_name;
  for (const auto& account : office.config.accounts) by_name[account.name] = account.id;
  TRY_ASSIGN(auto rows, office.store->cells().accounts());
  for (const auto& row : rows) by_name.emplace(row.name, row.id);
  std::vector<std::string> ids;
  for (const auto& word : words) {
    auto found = by_name.find(word);
    ids.push_back(found == by_name.end() ? word : found->second);
  }
  return ids;
}

Result<query::Scope> scope_of(Office& office, const std::vector<std::string>& accounts) {
  query::Scope scope;
  TRY_ASSIGN(auto ids, account_ids(office, accounts));
  scope.everything = ids.empty();
  scope.accounts = {ids.begin(), ids.end()};
  return scope;
}

std::string accounts_text(const std::vector<std::string>& accounts, bool narrowed) {
  return !narrowed ? "all" : accounts.empty() ? "none" : join(accounts, " ");
}

json::value time_json(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

json::value texts_json(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::value accounts_json(const std::vector<std::string>& accounts, bool narrowed) {
  return narrowed ? texts_json(accounts) : json::value(nullptr);
}

Result<void> list_users(Office& office, const OutputOptions& output) {
  TRY_ASSIGN(auto users, office.people().users());
  auto now = office.clock.now();
  json::array rows;
  Table table({"name", "role", "accounts", "signs in", "last", "state"});
  for (const auto& user : users) {
    rows.push_back(json::object{{"name", user.name},
                                {"role", user.role},
                                {"accounts", accounts_json(user.accounts, user.narrowed)},
                                {"provider", user.provider},
                                {"disabled", user.disabled},
                                {"created_at", format_time(user.created)},
                                {"signed_in_at", time_json(user.signed_in)}});
    table.add({user.name, user.role, accounts_text(user.accounts, user.narrowed),
               user.provider.empty() ? "by password" : "by " + user.provider, ago(user.signed_in, now),
               user.disabled ? "disabled" : ""});
  }
  if (output.format == "json") {
    print(to_pretty_json(rows) + "\n");
  } else if (users.empty()) {
    std::fputs("there are no users yet; make one with `cadastre user add NAME --role admin`\n", stderr);
  } else {
    table.print();
  }
  return {};
}

Result<void> list_tokens(Office& office, const TokenOptions& options) {
  std::optional<int64_t> of;
  if (!options.owner.empty()) {
    TRY_ASSIGN(auto owner, user_named(office, options.owner));
    of = owner.id;
  }
  TRY_ASSIGN(auto tokens, office.people().tokens(of));
  TRY_ASSIGN(auto users, office.people().users());
  auto now = office.clock.now();
  json::array rows;
  Table table({"owner", "name", "scopes", "accounts", "expires", "last used", "from"});
  for (const auto& token : tokens) {
    auto owner = std::ranges::find(users, token.user, &store::User::id);
    auto name = owner == users.end() ? std::string() : owner->name;
    rows.push_back(json::object{{"owner", name},
                                {"name", token.name},
                                {"scopes", texts_json(token.scopes)},
                                {"accounts", accounts_json(token.accounts, token.narrowed)},
                                {"created_at", format_time(token.created)},
                                {"expires_at", time_json(token.expires)},
                                {"used_at", time_json(token.used)},
                                {"used_from", token.used_from}});
    table.add({name, token.name, join(token.scopes, " "),
               token.narrowed ? accounts_text(token.accounts, true) : "its owner's",
               token.expires ? format_time(*token.expires) : "never", ago(token.used, now), token.used_from});
  }
  if (options.output.format == "json") {
    print(to_pretty_json(rows) + "\n");
  } else if (tokens.empty()) {
    std::fputs("there are no API tokens; make one with `cadastre token add USER NAME --scope read`\n", stderr);
  } else {
    table.print();
  }
  return {};
}

Result<void> add_user(Office& office, const UserOptions& options) {
  auth::NewUser user;
  user.name = options.name;
  TRY_ASSIGN(user.role, role_named(options.role));
  TRY_ASSIGN(user.scope, scope_of(office, options.accounts));
  TRY_ASSIGN(auto taken, office.people().user_named(user.name));
  if (taken) return fail(ErrorCode::invalid, fmt::format("there is a user '{}' already", taken->name));
  TRY_ASSIGN(user.password, read_password(options.password, user.name));
  TRY(auth::add_user(*office.store, user, kActor, office.clock.now()));
  return {};
}

Result<void> change_role(Office& office, const UserOptions& options) {
  TRY_ASSIGN(auto user, user_named(office, options.name));
  TRY_ASSIGN(auto role, role_named(options.role));
  // Accounts stay as they are unless they are named: a new role widens nobody's view by accident.
  auto scope = auth::scope_of(user);
  if (!options.accounts.empty()) {
    TRY_ASSIGN(scope, scope_of(office, options.accounts));
  } else if (options.all_accounts) {
    scope = {};
  }
  return auth::set_role(*office.store, user.id, role, scope, kActor, office.clock.now());
}

Result<void> run(Office& office, const UserOptions& options) {
  using Action = UserOptions::Action;
  auto now = office.clock.now();
  if (options.action == Action::list) return list_users(office, options.output);
  if (options.action == Action::add) return add_user(office, options);
  if (options.action == Action::role) return change_role(office, options);
  TRY_ASSIGN(auto user, user_named(office, options.name));
  switch (options.action) {
    case Action::password: {
      TRY_ASSIGN(auto password, read_password(options.password, user.name));
      return auth::set_password(*office.store, user.id, password, kActor, now);
    }
    case Action::disable:
    case Action::enable:
      return auth::set_disabled(*office.store, user.id, options.action == Action::disable, kActor, now);
    default:
      return auth::remove_user(*office.store, user.id, kActor, now);
  }
}

Result<void> run(Office& office, const TokenOptions& options) {
  auto now = office.clock.now();
  if (options.action == TokenOptions::Action::list) return list_tokens(office, options);
  TRY_ASSIGN(auto owner, user_named(office, options.owner));
  if (options.action == TokenOptions::Action::add) {
    auth::NewToken token;
    token.name = options.name;
    token.scopes = options.scopes;
    TRY_ASSIGN(token.accounts, account_ids(office, options.accounts));
    token.narrowed = !token.accounts.empty();
    if (!options.expires.empty()) {
      TRY_ASSIGN(auto life, parse_duration(options.expires));
      token.expires = now + life;
    }
    TRY_ASSIGN(auto secret, auth::add_token(*office.store, owner.id, token, kActor, now));
    std::fputs("The token, shown this once:\n", stderr);
    print(secret + "\n");
    return {};
  }
  TRY_ASSIGN(auto tokens, office.people().tokens(owner.id));
  auto token = std::ranges::find(tokens, options.name, &store::Token::name);
  if (token == tokens.end()) {
    return fail(ErrorCode::not_found, fmt::format("'{}' has no token '{}'; see `cadastre token list {}`", owner.name,
                                                  options.name, owner.name));
  }
  return auth::remove_token(*office.store, *token, kActor, now);
}

template <typename Options>
int run_with(const GlobalOptions& global, const Options& options) {
  auto office = open_office(global);
  if (!office) return report_error(office.error(), global.verbose);
  return finish(global, run(*office, options));
}

}  // namespace

int run_user(const GlobalOptions& global, const UserOptions& options) { return run_with(global, options); }
int run_token(const GlobalOptions& global, const TokenOptions& options) { return run_with(global, options); }

}  // namespace cadastre::cli
