#include "kubernetes/ear.h"

#include "base/log.h"
#include "base/text.h"
#include "kubernetes/dump.h"
#include "kubernetes/notice.h"

namespace cadastre::kubernetes {
namespace {

// A message that could not be noted comes again after so long.
constexpr Millis kHidden = std::chrono::minutes(1);
// Of a cluster that is new, so much of the past is read.
constexpr Millis kPast = std::chrono::hours(7 * 24);
// How long after its beginning a dump's manifest may come and still be found by a listing: the script gives up earlier.
constexpr Millis kOverlap = std::chrono::hours(2);

}  // namespace

Result<size_t> Ear::receive(Millis wait, std::stop_token stop) {
  TRY_ASSIGN(auto messages, queue_->receive(wait, kHidden, stop));
  for (const auto& message : messages) {
    auto notice = parse_notice(message.body);
    if (notice.kind == Notice::Kind::foreign) {
      log_warning("the queue {} had a message that is no event of S3; it was taken away: {}", queue_->url(),
                  printable(message.body.substr(0, 200)));
    }
    for (const auto& object : notice.objects) TRY(heard(object.bucket, object.key, object.put));
    TRY(queue_->remove(message, stop));
  }
  return messages.size();
}

Result<void> Ear::heard(const std::string& bucket, const std::string& key, std::optional<Time> put) {
  if (!key.ends_with(kManifest)) return {};  // a dump is one when its manifest is there
  auto owner = bucket == box_.bucket ? owners_.of(bucket, key) : std::nullopt;
  auto place = owner ? place_of(key, owner->prefix) : std::nullopt;
  if (place && place->file == kManifest) return note(*owner, *place, put);
  log_warning("{} is no dump of a cluster that the configuration has; it is left", printable(s3_url(bucket, key)));
  return {};
}

Result<void> Ear::note(const Owner& owner, const DumpPlace& place, std::optional<Time> put) {
  TRY_ASSIGN(bool fresh, ledger_.note(owner.cluster.name, place.dump, s3_url(box_.bucket, place.folder), put));
  if (!fresh) return {};
  ++news_;
  log_debug("the dump {} of the cluster {} has arrived", place.dump, owner.cluster.name);
  return {};
}

Result<size_t> Ear::list(std::stop_token stop) {
  news_ = 0;
  std::vector<std::string> folders;
  if (box_.discover) {
    TRY(bucket_.list({.prefix = box_.prefix, .folders = true}, stop, [&](const aws::ObjectPage& page) {
      folders.insert(folders.end(), page.folders.begin(), page.folders.end());
      return true;
    }));
  }
  std::optional<Error> first;
  for (const auto& owner : owners_.in(box_, folders)) {
    auto listed = list_cluster(owner, stop);
    if (!listed && !first) first = std::move(listed).error();
  }
  if (first) return std::unexpected(std::move(*first));
  return news_;
}

Result<void> Ear::list_cluster(const Owner& owner, std::stop_token stop) {
  TRY_ASSIGN(auto newest, ledger_.newest(owner.cluster.name));
  auto since = newest ? *newest - kOverlap : clock_.now() - kPast;
  Result<void> noted;
  TRY(bucket_.list({.prefix = owner.prefix, .after = keys_after(owner.prefix, since)}, stop,
                   [&](const aws::ObjectPage& page) {
                     for (const auto& object : page.objects) {
                       auto place = place_of(object.key, owner.prefix);
                       if (!place || place->file != kManifest) continue;
                       if (noted = note(owner, *place, object.modified); !noted) return false;
                     }
                     return true;
                   }));
  return noted;
}

}  // namespace cadastre::kubernetes
