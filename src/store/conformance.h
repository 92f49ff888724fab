// The suite that every backend of the store must pass; for tests. Call it in a TEST_CASE: each part has a fresh store.
#pragma once

#include "store/conformance/cells.h"
#include "store/conformance/clusters.h"
#include "store/conformance/documents.h"
#include "store/conformance/people.h"
#include "store/conformance/retention.h"
#include "store/conformance/versions.h"
#include "store/conformance/walk.h"

namespace cadastre::store {

// `makers.fresh` makes a new, empty store; `makers.reopen` opens the one made last once more.
inline void store_conformance(const conformance::Makers& makers) {
  SUBCASE("lives") { conformance::lives(makers); }
  SUBCASE("answers") { conformance::answers(makers); }
  SUBCASE("outcomes") { conformance::outcomes(makers); }
  SUBCASE("accounts, runs, epochs, keys, locks") { conformance::the_rest(makers); }
  SUBCASE("users") { conformance::users(makers); }
  SUBCASE("sessions, tokens, links") { conformance::secrets(makers); }
  SUBCASE("the audit log and views") { conformance::journal(makers); }
  SUBCASE("dumps of clusters, and their health") { conformance::clusters(makers); }
  SUBCASE("windows and retention, by example") { conformance::retention(makers); }
  SUBCASE("documents are kept byte for byte") { conformance::documents(makers); }
  SUBCASE("many threads write and read") { conformance::threads(makers); }
  SUBCASE("random sequences agree with a simple model") { conformance::random_walk(makers); }
}

}  // namespace cadastre::store
