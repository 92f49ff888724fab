// Administration: what the command line and the API share.
#include "auth/users.h"

#include "auth/rig.h"

using namespace cadastre;
using namespace cadastre::auth;
using namespace cadastre::auth::testing;

TEST_CASE("names") {
  for (auto good : {"ana", "Ana.Maria-2", "ana+ci@example.com", "7"}) CHECK(check_name(good).has_value());
  for (auto bad : {"", " ana", "ana ", "a b", "-ana", "=cmd()", "ana\n", "a/b", "<b>", "анна"}) {
    CAPTURE(bad);
    CHECK(check_name(bad).error().code == ErrorCode::invalid);
  }
  CHECK_FALSE(check_name(std::string(65, 'a')).has_value());
}

TEST_CASE("what is not accepted") {
  Rig rig;
  auto now = rig.clock.now();
  auto refused = [&](NewUser user) { return add_user(rig.store, user, "test", now).error().code; };
  CHECK(refused({"a b", std::string(kPassword), Role::viewer, {}}) == ErrorCode::invalid);
  CHECK(refused({"ana", "short", Role::viewer, {}}) == ErrorCode::invalid);
  CHECK(refused({"ana", std::string(kPassword), Role::none, {}}) == ErrorCode::invalid);
  CHECK(refused({"ana", std::string(kPassword), Role::viewer, {.everything = false, .accounts = {"prod"}}}) ==
        ErrorCode::invalid);
  auto ana = rig.add("ana");
  CHECK(refused({"ANA", std::string(kPassword), Role::viewer, {}}) == ErrorCode::invalid);
  CHECK(set_role(rig.store, ana, Role::none, {}, "test", now).error().code == ErrorCode::invalid);
  CHECK(set_password(rig.store, ana, "ana", "test", now).error().code == ErrorCode::invalid);
  for (auto missing :
       {set_role(rig.store, 99, Role::viewer, {}, "test", now), set_password(rig.store, 99, kPassword, "test", now),
        set_disabled(rig.store, 99, false, "test", now), remove_user(rig.store, 99, "test", now)}) {
    CHECK(missing.error().code == ErrorCode::not_found);
  }
  // Nothing of it was done, and nothing is said to have been.
  CHECK(rig.actions() == std::vector<std::string>{"user added"});
}

TEST_CASE("somebody who can administrate everything is always left") {
  Rig rig;
  auto now = rig.clock.now();
  auto boss = rig.add("boss", Role::admin);
  auto other = rig.add("other", Role::admin);
  auto some = rig.add("some", Role::admin, {.everything = false, .accounts = {"111111111111"}});
  must(set_disabled(rig.store, other, true, "boss", now));
  auto all_refused = [&] {
    CHECK(set_disabled(rig.store, boss, true, "boss", now).error().code == ErrorCode::refused);
    CHECK(remove_user(rig.store, boss, "boss", now).error().code == ErrorCode::refused);
    CHECK(set_role(rig.store, boss, Role::operator_, {}, "boss", now).error().code == ErrorCode::refused);
    CHECK(set_role(rig.store, boss, Role::admin, {.everything = false, .accounts = {}}, "boss", now).error().code ==
          ErrorCode::refused);
  };
  all_refused();
  must(set_role(rig.store, boss, Role::admin, {}, "boss", now));  // no change
  must(remove_user(rig.store, other, "boss", now));
  must(remove_user(rig.store, some, "boss", now));
  all_refused();
  auto next = rig.add("next", Role::admin);
  must(remove_user(rig.store, boss, "next", now));
  CHECK(must(rig.store.users()).size() == 1);
  CHECK(must(rig.store.users())[0].id == next);
}

TEST_CASE("what is done is written down: who, what, to whom") {
  Rig rig;
  auto ana = rig.add("ana", Role::viewer, {.everything = false, .accounts = {"111111111111"}});
  must(set_role(rig.store, ana, Role::operator_, {}, "boss", rig.clock.now()));
  must(set_password(rig.store, ana, "a new long one", "boss", rig.clock.now()));
  must(set_disabled(rig.store, ana, true, "boss", rig.clock.now()));
  must(set_disabled(rig.store, ana, false, "boss", rig.clock.now()));
  must(remove_user(rig.store, ana, "boss", rig.clock.now()));
  CHECK(rig.actions() == std::vector<std::string>{"user added", "role changed", "password changed", "user disabled",
                                                  "user enabled", "user removed"});
  CHECK(rig.store.log[0].detail == "viewer of 111111111111");
  for (const auto& entry : rig.store.log) CHECK(entry.object == "ana");
  for (size_t i = 1; i < rig.store.log.size(); ++i) CHECK(rig.store.log[i].actor == "boss");
}

TEST_CASE("changes of one user by many threads do not undo each other") {
  Rig rig;
  rig.add("boss", Role::admin);
  auto ana = rig.add("ana");
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i) {
          must(edit_user(rig.store, ana, [](store::User& user) -> Result<void> {
            user.accounts.push_back("x");
            return {};
          }));
        }
      });
    }
  }
  CHECK(must(rig.store.user(ana))->accounts.size() == 1000);
}
