// Users, sessions, tokens, links and the audit log in memory, for the tests of this room: no file, no waiting for a
// disk. The rest of a store is not there.
#pragma once

#include <mutex>
#include <stdexcept>

#include "base/text.h"
#include "store/store.h"

namespace cadastre::auth::testing {

class FakeStore final : public store::Store, public store::Identity, public store::Journal {
 public:
  using User = store::User;
  using Session = store::Session;
  using Token = store::Token;

  std::vector<store::AuditEntry> log;  // the oldest first
  size_t session_writes = 0, token_writes = 0;

  Identity& identity() override { return *this; }
  Journal& journal() override { return *this; }
  Result<std::string> redaction_key() override { return std::string("the key of a store for tests"); }

  Result<std::vector<User>> users() override {
    std::lock_guard lock(mutex_);
    std::vector<User> all;
    for (const auto& [id, user] : users_) all.push_back(user);
    std::ranges::sort(all, {}, &User::name);
    return all;
  }
  Result<std::optional<User>> user(int64_t id) override {
    std::lock_guard lock(mutex_);
    auto at = users_.find(id);
    return at == users_.end() ? std::nullopt : std::optional(at->second);
  }
  Result<std::optional<User>> user_named(std::string_view name) override {
    return first_user([&](const User& user) { return iequals(user.name, name); });
  }
  Result<std::optional<User>> user_of(std::string_view provider, std::string_view subject) override {
    return first_user([&](const User& user) { return user.provider == provider && user.subject == subject; });
  }
  Result<int64_t> add_user(const User& user) override {
    TRY_ASSIGN(auto taken, user_named(user.name));
    if (taken) return fail(ErrorCode::invalid, "the name is taken");
    std::lock_guard lock(mutex_);
    auto id = ++last_;
    users_[id] = user;
    users_[id].id = id;
    return id;
  }
  Result<void> update_user(const User& user) override {
    std::lock_guard lock(mutex_);
    if (!users_.contains(user.id)) return fail(ErrorCode::not_found, "no such user");
    users_[user.id] = user;
    return {};
  }
  std::function<void()> meanwhile;  // what another process does just before a sign-in is noted
  Result<bool> signed_in(int64_t id, Time now) override {
    if (meanwhile) meanwhile();
    std::lock_guard lock(mutex_);
    auto at = users_.find(id);
    if (at == users_.end() || at->second.disabled) return false;
    at->second.signed_in = now;
    return true;
  }
  Result<void> remove_user(int64_t id) override {
    std::lock_guard lock(mutex_);
    users_.erase(id);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.user == id; });
    std::erase_if(tokens_, [&](const auto& entry) { return entry.second.user == id; });
    return {};
  }

  Result<void> add_session(const Session& session) override {
    std::lock_guard lock(mutex_);
    sessions_[session.hash] = session;
    return {};
  }
  Result<std::optional<Session>> session(std::string_view hash) override {
    std::lock_guard lock(mutex_);
    auto at = sessions_.find(std::string(hash));
    return at == sessions_.end() ? std::nullopt : std::optional(at->second);
  }
  Result<void> update_session(const Session& session) override {
    std::lock_guard lock(mutex_);
    ++session_writes;
    auto at = sessions_.find(session.hash);
    if (at == sessions_.end()) return fail(ErrorCode::not_found, "no such session");
    at->second = session;
    return {};
  }
  Result<void> remove_session(std::string_view hash) override {
    std::lock_guard lock(mutex_);
    sessions_.erase(std::string(hash));
    return {};
  }
  Result<void> remove_sessions(int64_t user, std::string_view but = {}) override {
    std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.user == user && entry.first != but; });
    return {};
  }
  Result<std::vector<Session>> sessions(int64_t user) override {
    std::lock_guard lock(mutex_);
    std::vector<Session> all;
    for (const auto& [hash, session] : sessions_) {
      if (session.user == user) all.push_back(session);
    }
    return all;
  }

  Result<int64_t> add_token(const Token& token) override {
    std::lock_guard lock(mutex_);
    auto id = ++last_;
    tokens_[id] = token;
    tokens_[id].id = id;
    return id;
  }
  Result<std::optional<Token>> token(std::string_view hash) override {
    std::lock_guard lock(mutex_);
    for (const auto& [id, token] : tokens_) {
      if (token.hash == hash) return token;
    }
    return std::nullopt;
  }
  Result<void> use_token(int64_t id, Time now, std::string_view from) override {
    std::lock_guard lock(mutex_);
    ++token_writes;
    if (!tokens_.contains(id)) return fail(ErrorCode::not_found, "no such token");
    tokens_.at(id).used = now;
    tokens_.at(id).used_from = from;
    return {};
  }
  Result<std::vector<Token>> tokens(std::optional<int64_t> user) override {
    std::lock_guard lock(mutex_);
    std::vector<Token> all;
    for (const auto& [id, token] : tokens_) {
      if (!user || token.user == *user) all.push_back(token);
    }
    return all;
  }
  Result<void> remove_token(int64_t id) override {
    std::lock_guard lock(mutex_);
    tokens_.erase(id);
    return {};
  }

  Result<void> add_link(std::string_view hash, std::string_view purpose, Time expires) override {
    std::lock_guard lock(mutex_);
    links_[std::string(hash)] = {std::string(purpose), expires};
    return {};
  }
  Result<std::optional<std::string>> take_link(std::string_view hash, Time now) override {
    std::lock_guard lock(mutex_);
    auto at = links_.find(std::string(hash));
    if (at == links_.end()) return std::nullopt;
    auto [purpose, expires] = at->second;
    links_.erase(at);
    return now < expires ? std::optional(purpose) : std::nullopt;
  }
  Result<void> forget_expired(Time now) override {
    std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return now >= entry.second.expires; });
    return {};
  }

  Result<void> audit(const store::AuditEntry& entry) override {
    std::lock_guard lock(mutex_);
    log.push_back(entry);
    return {};
  }
  Result<std::vector<store::AuditEntry>> audit_log(const store::AuditFilter&) override { return log; }

  Result<uint64_t> forget_audit(Time) override { return absent(); }
  Result<int64_t> put_view(const store::View&) override { return absent(); }
  Result<std::vector<store::View>> views(int64_t) override { return absent(); }
  Result<void> remove_view(int64_t) override { return absent(); }
  store::Inventory& inventory() override { throw std::logic_error("no inventory in a store for tests of sign-in"); }
  store::Cells& cells() override { throw std::logic_error("no cells in a store for tests of sign-in"); }
  store::Clusters& clusters() override { throw std::logic_error("no clusters in a store for tests of sign-in"); }
  Result<void> backup(const std::string&, std::stop_token) override { return absent(); }
  Result<std::vector<std::string>> check(std::stop_token) override { return absent(); }
  Result<void> compact(std::stop_token) override { return absent(); }
  Result<store::StoreStats> stats() override { return absent(); }
  Result<void> lock_collection() override { return absent(); }
  void unlock_collection() override {}
  Writes writes() const override { return {}; }

 private:
  static std::unexpected<Error> absent() { return fail(ErrorCode::unsupported, "not in a store for tests of sign-in"); }
  Result<std::optional<User>> first_user(const std::function<bool(const User&)>& wanted) {
    std::lock_guard lock(mutex_);
    for (const auto& [id, user] : users_) {
      if (wanted(user)) return user;
    }
    return std::nullopt;
  }

  std::mutex mutex_;
  int64_t last_ = 0;
  std::map<int64_t, User> users_;
  std::map<std::string, Session> sessions_;
  std::map<int64_t, Token> tokens_;
  std::map<std::string, std::pair<std::string, Time>> links_;
};

}  // namespace cadastre::auth::testing
