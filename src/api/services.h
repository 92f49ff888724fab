// What the handlers work with. References outlive the API; everything in here is thread-safe.
#pragma once

#include <functional>
#include <memory>

#include "auth/auth.h"
#include "catalog/catalog.h"
#include "collect/scheduler.h"
#include "config/config.h"
#include "index/index.h"
#include "search/reader.h"
#include "store/store.h"

namespace cadastre::auth {
class Oidc;
}
namespace cadastre::kubernetes {
class HealthBoard;
}

namespace cadastre::api {

class EventHub;
class Metrics;
class StaticFiles;

struct Services {
  store::Store& store;
  const catalog::Catalog& catalog;
  const search::Reader& reader;
  auth::Auth& auth;
  Clock& clock;
  EventHub& events;
  Metrics& metrics;
  const StaticFiles& files;
  collect::Scheduler* scheduler = nullptr;  // nullptr: nothing is collected here
  const index::Index* index = nullptr;
  auth::Oidc* oidc = nullptr;  // nullptr: no identity provider
  kubernetes::HealthBoard* health = nullptr;
  bool loopback = false;             // the server can be reached from this machine only, through no proxy
  std::function<bool()> ready = {};  // the index is built; reads are answered then
  std::function<void(const std::string& request, std::string user)> asked_by = {};  // for the log
  std::string release = {};
};

}  // namespace cadastre::api
