// What every store must say of users, sessions, tokens, links, the audit log and saved views.
#pragma once

#include <random>

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

inline User user_of(std::string name) {
  User user;
  user.name = std::move(name);
  user.role = "viewer";
  user.created = at(0);
  return user;
}
inline Session session_of(int64_t user, std::string hash, Time expires) {
  return {std::move(hash), user, "csrf", at(1), at(2), expires, "10.0.0.1", "a browser", "", {}};
}
inline Token token_of(int64_t user, std::string name, std::optional<Time> expires = {}) {
  Token token;
  token.user = user;
  token.hash = "hash of " + name;
  token.name = std::move(name);
  token.created = at(1);
  token.expires = expires;
  return token;
}

template <typename T>
ErrorCode refused(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().message.empty());
  return result.error().code;
}

inline void users(const Makers& makers) {
  Fixture f(makers);
  auto& identity = f.store().identity();
  SUBCASE("all of a user comes back, by number, name and subject") {
    auto user = user_of("Ana");
    user.password = "$argon2id$v=19$…";
    user.provider = "https://id.example.com";
    user.subject = "00u\"1";
    user.accounts = {"111111111111", "222222222222"};
    user.narrowed = true;
    user.disabled = true;
    user.signed_in = at(7, 5);
    user.id = must(identity.add_user(user));
    CHECK(user.id > 0);
    f.reopen();
    auto& again = f.store().identity();
    for (const auto& found :
         {must(again.user(user.id)), must(again.user_named("Ana")), must(again.user_of(user.provider, user.subject))}) {
      REQUIRE(found);
      CHECK(found->id == user.id);
      CHECK(found->name == "Ana");
      CHECK(found->password == user.password);
      CHECK(found->provider == user.provider);
      CHECK(found->subject == user.subject);
      CHECK(found->role == "viewer");
      CHECK(found->accounts == user.accounts);
      CHECK(found->narrowed);
      CHECK(found->disabled);
      CHECK(found->created == at(0));
      CHECK(found->signed_in == at(7, 5));
    }
    // Nobody in particular is nobody.
    must(again.add_user(user_of("local")));
    CHECK_FALSE(must(again.user_of("", "")));
    CHECK_FALSE(must(again.user(user.id + 100)));
    CHECK_FALSE(must(again.user_named("")));
  }
  SUBCASE("a name is one user's, however it is written") {
    auto ana = must(identity.add_user(user_of("ana")));
    auto bob = must(identity.add_user(user_of("Bob")));
    must(identity.add_user(user_of("Zoe")));
    CHECK(refused(identity.add_user(user_of("ANA"))) == ErrorCode::invalid);
    CHECK(must(identity.user_named("aNa"))->id == ana);
    auto user = *must(identity.user(bob));
    user.name = "Ana";
    CHECK(refused(identity.update_user(user)) == ErrorCode::invalid);
    user.name = "BOB";  // its own
    user.narrowed = true;
    must(identity.update_user(user));
    Lines names;
    for (const auto& one : must(identity.users())) names.push_back(one.name);
    CHECK(names == Lines{"ana", "BOB", "Zoe"});
    // Narrowed to nothing is not the same as not narrowed.
    CHECK(must(identity.user(bob))->narrowed);
    CHECK(must(identity.user(bob))->accounts.empty());
    user.id = 4711;
    user.name = "nobody";
    CHECK(refused(identity.update_user(user)) == ErrorCode::not_found);
  }
  SUBCASE("a sign-in is noted, and undoes nothing") {
    auto ana = must(identity.add_user(user_of("ana"))), bob = must(identity.add_user(user_of("bob")));
    auto before = *must(identity.user(ana));
    before.role = "operator";
    before.accounts = {"333333333333"};
    before.password = "another";
    must(identity.update_user(before));
    CHECK(must(identity.signed_in(ana, at(40))));
    auto after = *must(identity.user(ana));
    CHECK(after.signed_in == at(40));
    CHECK(after.role == "operator");
    CHECK(after.accounts == before.accounts);
    CHECK(after.password == "another");
    CHECK_FALSE(must(identity.user(bob))->signed_in == at(40));
    // Who is disabled stays so, and does not sign in.
    after.disabled = true;
    must(identity.update_user(after));
    CHECK_FALSE(must(identity.signed_in(ana, at(50))));
    CHECK(must(identity.user(ana))->disabled);
    CHECK(must(identity.user(ana))->signed_in == at(40));
    CHECK_FALSE(must(identity.signed_in(4711, at(50))));
  }
  SUBCASE("a provider's subject is one user's") {
    auto user = user_of("ana");
    user.provider = "https://id.example.com";
    user.subject = "1";
    must(identity.add_user(user));
    user.name = "bob";
    CHECK(refused(identity.add_user(user)) == ErrorCode::invalid);
    user.provider = "https://other.example.com";
    must(identity.add_user(user));
  }
  SUBCASE("a user goes with sessions, tokens and views, and nobody else's") {
    auto ana = must(identity.add_user(user_of("ana"))), bob = must(identity.add_user(user_of("bob")));
    for (auto user : {ana, bob}) {
      must(identity.add_session(session_of(user, fmt::format("s{}", user), at(100))));
      must(identity.add_token(token_of(user, fmt::format("t{}", user))));
      must(f.store().journal().put_view({0, user, fmt::format("v{}", user), "/", "", true, at(5)}));
    }
    must(identity.remove_user(ana));
    CHECK(refused(identity.remove_user(ana)) == ErrorCode::not_found);
    CHECK_FALSE(must(identity.user_named("ana")));
    CHECK_FALSE(must(identity.session(fmt::format("s{}", ana))));
    CHECK_FALSE(must(identity.token(fmt::format("hash of t{}", ana))));
    CHECK(must(identity.session(fmt::format("s{}", bob))));
    CHECK(must(identity.tokens({})).size() == 1);
    auto views = must(f.store().journal().views(bob));
    REQUIRE(views.size() == 1);
    CHECK(views[0].user == bob);
    // The name is free, and the number never given again: what was ana's is not the next one's.
    CHECK(must(identity.add_user(user_of("ana"))) > bob);
    CHECK(refused(identity.add_session(session_of(ana, "x", at(100)))) == ErrorCode::not_found);
    CHECK(refused(identity.add_token(token_of(ana, "x"))) == ErrorCode::not_found);
    CHECK(refused(f.store().journal().put_view({0, ana, "x", "/", "", true, at(5)})) == ErrorCode::not_found);
  }
}

inline void secrets(const Makers& makers) {
  Fixture f(makers);
  auto& identity = f.store().identity();
  auto ana = must(identity.add_user(user_of("ana"))), bob = must(identity.add_user(user_of("bob")));
  SUBCASE("sessions come back whole, are renewed, and end one by one or all but one") {
    auto session = session_of(ana, "a", at(100));
    session.refresh = std::string("sealed\0bytes", 12);
    session.confirmed = at(3);
    must(identity.add_session(session));
    for (const char* hash : {"b", "c"}) must(identity.add_session(session_of(ana, hash, at(100))));
    must(identity.add_session(session_of(bob, "d", at(100))));
    session.used = at(50, 1);
    session.expires = at(200);
    session.refresh = "another";
    session.confirmed = at(40);
    session.csrf = session.address = "not to be changed";
    must(identity.update_session(session));
    auto found = must(identity.session("a"));
    REQUIRE(found);
    CHECK(found->user == ana);
    CHECK(found->csrf == "csrf");
    CHECK(found->created == at(1));
    CHECK(found->used == at(50, 1));
    CHECK(found->expires == at(200));
    CHECK(found->address == "10.0.0.1");
    CHECK(found->agent == "a browser");
    CHECK(found->refresh == "another");
    CHECK(found->confirmed == at(40));
    CHECK(must(identity.sessions(ana)).size() == 3);
    must(identity.remove_session("c"));
    must(identity.remove_session("c"));  // it is gone: fine
    CHECK_FALSE(must(identity.session("c")));
    must(identity.remove_sessions(ana, "a"));
    auto left = must(identity.sessions(ana));
    REQUIRE(left.size() == 1);
    CHECK(left[0].hash == "a");
    must(identity.remove_sessions(ana));
    CHECK(must(identity.sessions(ana)).empty());
    CHECK(must(identity.session("d")));
    CHECK(refused(identity.update_session(session)) == ErrorCode::not_found);
  }
  SUBCASE("tokens come back whole, remember their last use, and have a name of their own") {
    auto token = token_of(ana, "ci", at(100));
    token.scopes = {"read", "metrics"};
    token.accounts = {"111111111111"};
    token.narrowed = true;
    token.id = must(identity.add_token(token));
    CHECK(refused(identity.add_token(token_of(ana, "ci"))) == ErrorCode::invalid);
    auto theirs = token_of(bob, "ci");
    theirs.hash = "another";
    must(identity.add_token(theirs));
    must(identity.use_token(token.id, at(60), "10.0.0.9"));
    f.reopen();
    auto& again = f.store().identity();
    auto found = must(again.token("hash of ci"));
    REQUIRE(found);
    CHECK(found->id == token.id);
    CHECK(found->user == ana);
    CHECK(found->name == "ci");
    CHECK(found->scopes == token.scopes);
    CHECK(found->accounts == token.accounts);
    CHECK(found->narrowed);
    CHECK(found->created == at(1));
    CHECK(found->expires == at(100));
    CHECK(found->used == at(60));
    CHECK(found->used_from == "10.0.0.9");
    CHECK(must(again.tokens(ana)).size() == 1);
    CHECK(must(again.tokens({})).size() == 2);
    must(again.remove_token(token.id));
    CHECK(refused(again.remove_token(token.id)) == ErrorCode::not_found);
    CHECK(refused(again.use_token(token.id, at(61), "")) == ErrorCode::not_found);
    CHECK_FALSE(must(again.token("hash of ci")));
    CHECK_FALSE(must(again.token("another"))->used);
  }
  SUBCASE("a link is taken once, in time, by one of all who try at once") {
    must(identity.add_link("a", "first-admin", at(100)));
    CHECK_FALSE(must(identity.take_link("b", at(10))));
    CHECK_FALSE(must(identity.take_link("a", at(100))));
    CHECK(must(identity.take_link("a", at(99, 999))) == "first-admin");
    CHECK_FALSE(must(identity.take_link("a", at(10))));
    auto other = makers.reopen();  // another process, as it were
    for (int round = 0; round < 10; ++round) {
      auto hash = fmt::format("link {}", round);
      must(identity.add_link(hash, "x", at(100)));
      std::atomic<int> got = 0, failed = 0;
      {
        std::vector<std::jthread> takers;
        for (int i = 0; i < 4; ++i) {
          takers.emplace_back([&, i] {
            auto taken = (i % 2 ? f.store() : *other).identity().take_link(hash, at(10));
            failed += !taken;
            got += taken && *taken;
          });
        }
      }
      CHECK(failed == 0);
      CHECK(got == 1);
    }
  }
  SUBCASE("what is past its time is forgotten, and nothing else") {
    must(identity.add_session(session_of(ana, "old", at(50))));
    must(identity.add_session(session_of(ana, "new", at(50, 1))));
    must(identity.add_token(token_of(ana, "old", at(50))));
    must(identity.add_token(token_of(ana, "new", at(50, 1))));
    must(identity.add_token(token_of(ana, "for ever")));
    must(identity.add_link("old", "x", at(50)));
    must(identity.add_link("new", "x", at(51)));
    must(identity.forget_expired(at(40)));
    CHECK(must(identity.session("old")));
    must(identity.forget_expired(at(50)));
    CHECK_FALSE(must(identity.session("old")));
    CHECK(must(identity.session("new")));
    CHECK_FALSE(must(identity.token("hash of old")));
    CHECK(must(identity.token("hash of new")));
    CHECK(must(identity.token("hash of for ever")));
    CHECK_FALSE(must(identity.take_link("old", at(0))));
    CHECK(must(identity.take_link("new", at(50))));
    CHECK(must(identity.users()).size() == 2);
  }
}

inline void journal(const Makers& makers) {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Fixture f(makers);
  SUBCASE("the audit log, newest first, by any of its filters, page by page") {
    std::vector<AuditEntry> written;
    auto pick = [&](std::vector<std::string> words) { return words[random() % words.size()]; };
    for (int i = 0; i < 200; ++i) {
      AuditEntry entry;
      entry.at = at(static_cast<int64_t>(random() % 100));  // clocks jump
      entry.actor = pick({"ana", "bob", "token 3 of ana"});
      entry.action = pick({"sign-in", "role changed"});
      entry.object = fmt::format("object \"{}\"", i);
      entry.detail = fmt::format("detail {}\n", i);
      entry.address = "10.0.0.1";
      entry.request = fmt::format("r{}", i);
      must(f.store().journal().audit(entry));
      written.insert(written.begin(), entry);
    }
    f.reopen();
    for (int round = 0; round < 30; ++round) {
      AuditFilter filter;
      if (random() % 2) filter.since = at(static_cast<int64_t>(random() % 100));
      if (random() % 2) filter.until = at(static_cast<int64_t>(random() % 100));
      if (random() % 2) filter.actor = pick({"ana", "bob", "nobody"});
      if (random() % 2) filter.action = "sign-in";
      filter.limit = 1 + random() % 50;
      Lines expected, found;
      for (const auto& one : written) {
        if ((!filter.since || one.at >= *filter.since) && (!filter.until || one.at < *filter.until) &&
            (filter.actor.empty() || one.actor == filter.actor) &&
            (filter.action.empty() || one.action == filter.action))
          expected.push_back(one.request + one.detail + one.object + one.actor + one.action + format_time(one.at));
      }
      for (bool more = true; more;) {
        auto page = must(f.store().journal().audit_log(filter));
        CHECK(page.size() <= filter.limit);
        for (const auto& one : page) {
          CHECK(one.address == "10.0.0.1");
          CHECK((filter.before == 0 || one.id < filter.before));
          filter.before = one.id;
          found.push_back(one.request + one.detail + one.object + one.actor + one.action + format_time(one.at));
        }
        more = page.size() == filter.limit;
      }
      CHECK(found == expected);
    }
    auto old = std::ranges::count_if(written, [](const auto& one) { return one.at < at(50); });
    CHECK(must(f.store().journal().forget_audit(at(50))) == static_cast<uint64_t>(old));
    CHECK(must(f.store().journal().audit_log({.since = {}, .until = {}, .actor = "", .action = "", .limit = 1000}))
              .size() == written.size() - static_cast<size_t>(old));
  }
  SUBCASE("views: one's own and what others share, by name") {
    auto& journal = f.store().journal();
    auto ana = must(f.store().identity().add_user(user_of("ana"))),
         bob = must(f.store().identity().add_user(user_of("bob")));
    auto mine = must(journal.put_view({0, ana, "b mine", "/resources", "kind=x&q=\"a b\"", false, at(5)}));
    auto shared = must(journal.put_view({0, bob, "a shared", "/changes", "", true, at(6)}));
    must(journal.put_view({0, bob, "c theirs", "/changes", "", false, at(6)}));
    auto names = [&](int64_t user) {
      Lines found;
      for (const auto& view : must(journal.views(user))) found.push_back(view.name);
      return found;
    };
    CHECK(names(ana) == Lines{"a shared", "b mine"});
    CHECK(names(bob) == Lines{"a shared", "c theirs"});
    auto view = must(journal.views(ana)).at(1);
    CHECK(view.id == mine);
    CHECK(view.user == ana);
    CHECK(view.path == "/resources");
    CHECK(view.query == "kind=x&q=\"a b\"");
    CHECK_FALSE(view.shared);
    CHECK(view.changed == at(5));
    view.name = "d mine";
    view.shared = true;
    view.changed = at(9);
    CHECK(must(journal.put_view(view)) == mine);
    CHECK(names(bob) == Lines{"a shared", "c theirs", "d mine"});
    must(journal.remove_view(shared));
    CHECK(refused(journal.remove_view(shared)) == ErrorCode::not_found);
    CHECK(names(ana) == Lines{"d mine"});
    view.id = 4711;
    CHECK(refused(journal.put_view(view)) == ErrorCode::not_found);
  }
}

}  // namespace cadastre::store::conformance
