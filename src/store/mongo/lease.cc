#include "store/mongo/lease.h"

#include <unistd.h>

#include "base/text.h"

namespace cadastre::store::mongo {
namespace {

const std::string kStore = "store", kCollection = "collection";

std::string this_process() {
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return fmt::format("pid {} on {}", ::getpid(), host[0] ? host : "an unnamed machine");
}

}  // namespace

Lease::Lease(Database& database, Clock& clock)
    : database_(database), clock_(clock), me_(to_hex(random_bytes(8))), who_(this_process()) {}

// An upsert whose row is somebody else's collides with that row, and is refused.
Result<bool> Lease::extend() {
  auto now = clock_.now();
  TRY_ASSIGN(auto row,
             database_.modify(kStore,
                              {{"_id", kCollection},
                               {"$or", Array{Document{{"owner", Document{{"$in", Array{"", me_}}}}},
                                             Document{{"until", Document{{"$lt", now}}}}}}},
                              {{"$set", Document{{"owner", me_}, {"who", who_}, {"until", now + kLease}}}}, true));
  return row.has_value();
}

Result<void> Lease::take() {
  std::lock_guard lock(mutex_);
  TRY_ASSIGN(bool mine, extend());
  if (!mine) {
    TRY_ASSIGN(auto row, database_.one({.collection = kStore, .filter = {{"_id", kCollection}}}));
    return fail(ErrorCode::io, fmt::format("another process ({}) is collecting into {}; wait until it has finished",
                                           row ? row->text("who") : "gone again", database_.where()));
  }
  if (renewer_) return {};
  renewer_.emplace([this](std::stop_token stop) {
    std::mutex waiting;
    std::condition_variable_any woken;
    std::unique_lock wait(waiting);
    while (!woken.wait_for(wait, stop, kLease / 3, [&] { return stop.stop_requested(); })) {
      (void)renew();  // a renewal that fails is tried again while the lease lasts
    }
  });
  return {};
}

Result<void> Lease::renew() {
  auto now = clock_.now();
  TRY(database_.update(kStore, {.filter = {{"_id", kCollection}, {"owner", me_}},
                                .change = {{"$set", Document{{"until", now + kLease}}}}}));
  return {};
}

void Lease::drop() {
  std::lock_guard lock(mutex_);
  if (!renewer_) return;
  renewer_.reset();  // stops and joins
  // What cannot be given back lapses.
  (void)database_.update(
      kStore, {.filter = {{"_id", kCollection}, {"owner", me_}}, .change = {{"$set", Document{{"owner", ""}}}}});
}

}  // namespace cadastre::store::mongo
