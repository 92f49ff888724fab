#include "auth/sessions.h"

#include "auth/secret.h"
#include "auth/users.h"
#include "base/text.h"

namespace cadastre::auth {
namespace {

constexpr Millis kMinute = std::chrono::minutes(1), kAskAgain = std::chrono::seconds(30);
constexpr size_t kRemembered = 20'000, kAgent = 200;

bool same_accounts(const store::User& user, const query::Scope& scope) {
  auto now = scope_of(user);
  return now.everything == scope.everything && (now.everything || now.accounts == scope.accounts);
}

}  // namespace

bool OnceAMinute::claim(std::string_view key, std::chrono::steady_clock::time_point now) {
  std::lock_guard lock(mutex_);
  if (last_.size() >= kRemembered) {
    std::erase_if(last_, [&](const auto& entry) { return now - entry.second >= kMinute; });
    if (last_.size() >= kRemembered) last_.clear();
  }
  auto [at, fresh] = last_.try_emplace(std::string(key), now);
  if (!fresh && now - at->second < kMinute) return false;
  at->second = now;
  return true;
}

Result<std::string> Sessions::sealed(const std::string& refresh, const std::string& hash) {
  if (refresh.empty()) return std::string();
  TRY_ASSIGN(auto key, store_.redaction_key());
  return seal(key, kRefreshLabel, hash, refresh);
}

Result<SignedIn> Sessions::open(const store::User& user, const std::string& refresh, const ServerRequest& request) {
  auto now = clock_.now();
  auto secret = new_secret();
  store::Session session;
  session.hash = hash_of(secret);
  session.user = user.id;
  session.csrf = new_secret();
  session.created = session.used = now;
  session.expires = now + config_.longest;
  session.address = request.peer;
  if (const auto* agent = request.header("User-Agent")) session.agent = printable(agent->substr(0, kAgent));
  if (!user.provider.empty()) {
    session.confirmed = now;
    TRY_ASSIGN(session.refresh, sealed(refresh, session.hash));
    // Nothing to ask with: the browser has to come back from the provider.
    if (refresh.empty()) session.expires = std::min(session.expires, now + recheck());
  }
  TRY(store_.identity().add_session(session));
  SignedIn in;
  in.principal = {.kind = Principal::Kind::session,
                  .user = user.id,
                  .name = user.name,
                  .role = role_of(user.role).value_or(Role::none),
                  .scope = scope_of(user),
                  .session = session.hash,
                  .csrf = session.csrf};
  in.secret = std::move(secret);
  return in;
}

Result<std::optional<store::Session>> Sessions::find(const std::string& hash) {
  TRY_ASSIGN(auto session, store_.identity().session(hash));
  if (!session) return std::nullopt;
  auto now = clock_.now();
  if (now < session->expires && now - session->used < config_.idle) return session;
  TRY_ASSIGN(auto user, store_.identity().user(session->user));
  if (now >= session->expires || !user) {
    TRY(store_.identity().remove_session(hash));
  } else {
    TRY(end(*user, hash));
  }
  return std::nullopt;
}

Result<std::optional<store::Session>> Sessions::edit(const std::string& hash,
                                                     const std::function<void(store::Session&)>& change) {
  std::lock_guard lock(writes_);
  TRY_ASSIGN(auto session, store_.identity().session(hash));
  if (!session) return std::nullopt;
  change(*session);
  auto written = store_.identity().update_session(*session);
  if (!written && written.error().code == ErrorCode::not_found) return std::nullopt;  // ended this very moment
  TRY(written);
  return session;
}

Result<void> Sessions::used(const store::Session& session) {
  auto now = clock_.now();
  if (now - session.used < kMinute || !uses_.claim(session.hash, clock_.steady())) return {};
  TRY(edit(session.hash, [&](store::Session& row) { row.used = now; }));
  return {};
}

Result<void> Sessions::end(const store::User& user, const std::string& hash) {
  TRY_ASSIGN(auto session, store_.identity().session(hash));
  if (!session) return {};
  if (!session->refresh.empty()) {
    TRY_ASSIGN(auto tokens, store_.identity().tokens(user.id));
    if (!tokens.empty()) {
      TRY_ASSIGN(auto key, store_.redaction_key());
      if (auto refresh = unseal(key, kRefreshLabel, hash, session->refresh)) {
        session->hash = hash_of(new_secret());
        TRY_ASSIGN(session->refresh, sealed(*refresh, session->hash));
        session->agent = "kept for API tokens";
        TRY(store_.identity().add_session(*session));
      }
    }
  }
  return store_.identity().remove_session(hash);
}

void Sessions::confirm_with(Auth::Confirm confirm) {
  std::lock_guard lock(mutex_);
  confirm_ = std::move(confirm);
}

Result<bool> Sessions::over(const store::User& user, const store::Session& session, bool all, std::string why) {
  if (all) {
    TRY(store_.identity().remove_sessions(user.id));
  } else {
    TRY(store_.identity().remove_session(session.hash));
  }
  TRY(note(store_, clock_.now(), user.name, "access ended", user.name, std::move(why)));
  return false;
}

Result<bool> Sessions::confirmed(const store::Session& given, store::User& user) {
  auto due = [&](const store::Session& session) {
    return clock_.now() - session.confirmed.value_or(session.created) >= recheck();
  };
  if (!due(given)) return true;
  auto deadline = given.confirmed.value_or(given.created) + std::max(kGrace, recheck());
  auto in_grace = [&] { return clock_.now() < deadline; };
  std::unique_lock lock(mutex_);
  // One asks; others go on while they may, else they wait for the answer.
  if (asking_.contains(given.hash) && in_grace()) return true;
  answered_.wait(lock, [&] { return !asking_.contains(given.hash); });
  if (auto again = ask_again_.find(given.hash); again != ask_again_.end() && clock_.steady() < again->second) {
    if (in_grace()) return true;
  }
  auto confirm = confirm_;
  asking_.insert(given.hash);
  lock.unlock();

  auto result = [&]() -> Result<bool> {
    TRY_ASSIGN(auto session, store_.identity().session(given.hash));
    if (!session) return false;
    if (!due(*session)) {  // whoever was waited for has asked
      TRY_ASSIGN(auto fresh, store_.identity().user(user.id));
      if (!fresh) return false;
      user = *fresh;
      return true;
    }
    if (!confirm || session->refresh.empty()) {
      return over(user, *session, false, "the identity provider can no longer be asked about this session");
    }
    return ask(*session, user, confirm);
  }();

  lock.lock();
  asking_.erase(given.hash);
  bool unreachable =
      !result && (result.error().code == ErrorCode::network || result.error().code == ErrorCode::timeout);
  if (ask_again_.size() >= kRemembered) ask_again_.clear();
  if (unreachable) {
    ask_again_[given.hash] = clock_.steady() + kAskAgain;
  } else {
    ask_again_.erase(given.hash);
  }
  lock.unlock();
  answered_.notify_all();
  if (!unreachable) return result;
  if (in_grace()) return true;
  return over(user, given, false, "the identity provider could not be reached for too long");
}

// Errors: network when there was no answer that counts.
Result<bool> Sessions::ask(store::Session session, store::User& user, Auth::Confirm confirm) {
  TRY_ASSIGN(auto key, store_.redaction_key());
  auto refresh = unseal(key, kRefreshLabel, session.hash, session.refresh);
  if (!refresh) return over(user, session, false, "the refresh token could not be opened with this store's key");
  session.refresh = *refresh;
  auto answer = confirm(session);
  if (!answer) {
    return fail(ErrorCode::network, "the identity provider could not be asked", answer.error().message);
  }
  if (!*answer || (*answer)->role == Role::none) {
    return over(user, session, true, "the identity provider no longer vouches for this user");
  }
  const auto& who = **answer;
  if (who.provider != user.provider || who.subject != user.subject) {
    return over(user, session, true, "the identity provider vouched for somebody else");
  }
  std::string renewed = who.refresh;
  if (!renewed.empty()) {
    TRY_ASSIGN(renewed, sealed(renewed, session.hash));
  }
  TRY_ASSIGN(auto kept, edit(session.hash, [&](store::Session& row) {
               row.confirmed = clock_.now();
               if (!renewed.empty()) row.refresh = renewed;
             }));
  if (!kept) return false;
  if (user.role != to_string(who.role) || !same_accounts(user, who.scope)) {
    TRY_ASSIGN(user, edit_user(store_, user.id, [&](store::User& row) -> Result<void> {
                 row.role = to_string(who.role);
                 row.narrowed = !who.scope.everything;
                 row.accounts.assign(who.scope.accounts.begin(), who.scope.accounts.end());
                 return {};
               }));
    TRY(note(store_, clock_.now(), user.name, "role changed", user.name,
             fmt::format("now {}, by the identity provider's groups", user.role)));
  }
  return !user.disabled;
}

}  // namespace cadastre::auth
