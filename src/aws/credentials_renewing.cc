#include "aws/credentials_renewing.h"

namespace cadastre::aws {
namespace {

constexpr auto kAhead = std::chrono::minutes(5);
constexpr auto kRemembered = std::chrono::seconds(10);
constexpr auto kTryAgain = std::chrono::seconds(30);

}  // namespace

RenewingSource::RenewingSource(Clock& clock, std::string description, Fetch fetch)
    : clock_(clock), description_(std::move(description)), fetch_(std::move(fetch)) {}

bool RenewingSource::valid(Time now) const {
  return present_ && !rejected_ && (!present_->expires || now < *present_->expires);
}

bool RenewingSource::due(Time now) const { return !valid(now) || (present_->expires && now >= renew_at_); }

void RenewingSource::keep(Result<Credentials> fetched) {
  auto now = clock_.now();
  if (fetched && fetched->expires && *fetched->expires <= now) {
    fetched = fail(ErrorCode::expired,
                   fmt::format("{}: was given credentials that had expired at {}; if that is in the future, "
                               "this machine's clock is wrong",
                               description_, format_time(*fetched->expires)));
  }
  if (!fetched) {
    failure_ = std::move(fetched.error());
    // What stop ended says nothing about the next one who asks.
    failure_until_ = failure_->code == ErrorCode::cancelled ? now : now + kRemembered;
    if (valid(now)) renew_at_ = now + kTryAgain;
    return;
  }
  if (fetched->expires) {
    auto lifetime = *fetched->expires - now;
    renew_at_ = *fetched->expires - std::min<Millis>(kAhead, lifetime / 5);
  }
  present_ = std::move(*fetched);
  failure_.reset();
  rejected_ = false;
}

Result<Credentials> RenewingSource::get(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto now = clock_.now();
    if (!due(now) || (fetching_ && valid(now))) return *present_;
    if (!valid(now) && failure_ && now < failure_until_) return std::unexpected(*failure_);
    if (!fetching_) break;
    if (!fetched_.wait(lock, stop, [&] { return !fetching_; }))
      return fail(ErrorCode::cancelled, description_ + ": cancelled");
  }
  fetching_ = true;
  lock.unlock();
  auto fetched = fetch_(stop);
  lock.lock();
  fetching_ = false;
  keep(std::move(fetched));
  fetched_.notify_all();
  if (valid(clock_.now())) return *present_;
  return std::unexpected(*failure_);
}

void RenewingSource::reject(const Credentials& credentials) {
  std::lock_guard lock(mutex_);
  // A late complaint about credentials that have been renewed meanwhile must not cost the new ones.
  if (present_ && present_->access_key_id == credentials.access_key_id &&
      present_->session_token == credentials.session_token &&
      present_->secret_access_key == credentials.secret_access_key) {
    rejected_ = true;
  }
}

}  // namespace cadastre::aws
