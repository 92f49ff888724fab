// Administration of users: what the command line and the API's routes share.
#include "auth/users.h"

#include "auth/auth.h"
#include "auth/password.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

// The store writes a user whole. Were two changes read before either is written, the second would undo the first: an
// administrator's "disabled" by a sign-in that notes its time. Users change rarely, so one lock for all is enough.
std::mutex& user_changes() {
  static std::mutex mutex;
  return mutex;
}

bool rules(const store::User& user) { return !user.disabled && !user.narrowed && role_of(user.role) == Role::admin; }

// Refused when nobody who could repair it would be left.
Result<void> keep_an_administrator(store::Store& store, int64_t without) {
  TRY_ASSIGN(auto users, store.identity().users());
  auto others = std::ranges::any_of(users, [&](const auto& user) { return user.id != without && rules(user); });
  auto one = std::ranges::find(users, without, &store::User::id);
  if (others || one == users.end() || !rules(*one)) return {};
  return fail(ErrorCode::refused,
              fmt::format("'{}' is the last administrator of all accounts; make another one first", one->name));
}

std::string describe(Role role, const query::Scope& scope) {
  std::vector<std::string> accounts(scope.accounts.begin(), scope.accounts.end());
  if (scope.everything) return fmt::format("{} of all accounts", to_string(role));
  return fmt::format("{} of {}", to_string(role), accounts.empty() ? "no account" : join(accounts, ", "));
}

void narrow(store::User& user, const query::Scope& scope) {
  user.narrowed = !scope.everything;
  user.accounts.clear();
  if (user.narrowed) user.accounts.assign(scope.accounts.begin(), scope.accounts.end());
}

Result<store::User> change(store::Store& store, int64_t id, const std::function<Result<void>(store::User&)>& how) {
  TRY_ASSIGN(auto user, store.identity().user(id));
  if (!user) return fail(ErrorCode::not_found, fmt::format("there is no user {}", id));
  TRY(how(*user));
  TRY(store.identity().update_user(*user));
  return *user;
}

}  // namespace

Result<store::User> edit_user(store::Store& store, int64_t id, const std::function<Result<void>(store::User&)>& how) {
  std::lock_guard lock(user_changes());
  return change(store, id, how);
}

Result<void> check_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  bool fine = !name.empty() && name.size() <= 64 && letter(name[0]) && std::ranges::all_of(name, [&](char c) {
    return letter(c) || std::string_view("._@+-").find(c) != std::string_view::npos;
  });
  if (fine) return {};
  return fail(ErrorCode::invalid,
              "a name is 1 to 64 letters, digits and the characters . _ @ + -, and begins with a letter or a digit");
}

Result<void> check_accounts(const std::vector<std::string>& accounts) {
  for (const auto& account : accounts) {
    if (account.size() == 12 && account.find_first_not_of("0123456789") == account.npos) continue;
    return fail(ErrorCode::invalid, fmt::format("'{}' is no account id: it has 12 digits", printable(account)));
  }
  return {};
}

Result<void> note(store::Store& store, Time now, std::string_view actor, std::string action, std::string object,
                  std::string detail) {
  store::AuditEntry entry;
  entry.at = now;
  entry.actor = actor;
  entry.action = std::move(action);
  entry.object = std::move(object);
  entry.detail = std::move(detail);
  return store.journal().audit(entry);
}

Result<int64_t> add_user(store::Store& store, const NewUser& user, std::string_view actor, Time now) {
  TRY(check_name(user.name));
  TRY(check_password(user.password, user.name));
  if (user.role == Role::none) return fail(ErrorCode::invalid, "a user is a viewer, an operator or an admin");
  TRY(check_accounts({user.scope.accounts.begin(), user.scope.accounts.end()}));
  store::User row;
  row.name = user.name;
  row.role = to_string(user.role);
  row.created = now;
  narrow(row, user.scope);
  TRY_ASSIGN(row.password, hash_password(user.password));
  TRY_ASSIGN(auto id, store.identity().add_user(row));
  TRY(note(store, now, actor, "user added", user.name, describe(user.role, user.scope)));
  return id;
}

Result<void> set_role(store::Store& store, int64_t id, Role role, const query::Scope& scope, std::string_view actor,
                      Time now) {
  if (role == Role::none) return fail(ErrorCode::invalid, "a role is viewer, operator or admin");
  TRY(check_accounts({scope.accounts.begin(), scope.accounts.end()}));
  std::unique_lock lock(user_changes());
  if (role != Role::admin || !scope.everything) TRY(keep_an_administrator(store, id));
  TRY_ASSIGN(auto user, change(store, id, [&](store::User& row) -> Result<void> {
               row.role = to_string(role);
               narrow(row, scope);
               return {};
             }));
  lock.unlock();
  TRY(store.identity().remove_sessions(id));
  return note(store, now, actor, "role changed", user.name, "now " + describe(role, scope));
}

Result<void> set_password(store::Store& store, int64_t id, std::string_view password, std::string_view actor,
                          Time now) {
  TRY_ASSIGN(auto known, store.identity().user(id));
  if (!known) return fail(ErrorCode::not_found, fmt::format("there is no user {}", id));
  if (!known->provider.empty()) {
    return fail(ErrorCode::refused, fmt::format("the password of '{}' is kept by the identity provider", known->name));
  }
  TRY(check_password(password, known->name));
  TRY_ASSIGN(auto hashed, hash_password(password));
  TRY_ASSIGN(auto user, edit_user(store, id, [&](store::User& row) -> Result<void> {
               row.password = hashed;
               return {};
             }));
  TRY(store.identity().remove_sessions(id));
  return note(store, now, actor, "password changed", user.name, "by an administrator");
}

Result<void> set_disabled(store::Store& store, int64_t id, bool disabled, std::string_view actor, Time now) {
  std::unique_lock lock(user_changes());
  if (disabled) TRY(keep_an_administrator(store, id));
  TRY_ASSIGN(auto user, change(store, id, [&](store::User& row) -> Result<void> {
               row.disabled = disabled;
               return {};
             }));
  lock.unlock();
  TRY(store.identity().remove_sessions(id));
  return note(store, now, actor, disabled ? "user disabled" : "user enabled", user.name, "");
}

Result<void> remove_user(store::Store& store, int64_t id, std::string_view actor, Time now) {
  std::unique_lock lock(user_changes());
  TRY_ASSIGN(auto user, store.identity().user(id));
  if (!user) return fail(ErrorCode::not_found, fmt::format("there is no user {}", id));
  TRY(keep_an_administrator(store, id));
  TRY(store.identity().remove_user(id));
  lock.unlock();
  return note(store, now, actor, "user removed", user->name, "");
}

}  // namespace cadastre::auth
