#include "aws/token_bucket.h"

#include <algorithm>

namespace cadastre::aws {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kSlowest = 0.1;       // calls per second, however often the peer complains
constexpr double kRegained = 0.05;     // of the full rate, per second
constexpr Seconds kOneComplaint{1.0};  // refusals this close together are one
constexpr double kWhole = 1 - 1e-9;    // a token, but for what floating point loses

}  // namespace

TokenBucket::TokenBucket(double per_second, double burst, Instant now)
    : full_rate_(per_second),
      capacity_(std::max(1.0, burst)),
      rate_(per_second),
      tokens_(capacity_),
      refilled_(now),
      grown_(now),
      halved_(now - std::chrono::hours(1)) {}

void TokenBucket::refill(Instant now) {
  if (now <= refilled_) return;
  tokens_ = std::min(capacity_, tokens_ + Seconds(now - refilled_).count() * rate_);
  refilled_ = now;
}

bool TokenBucket::take(Instant now) {
  refill(now);
  if (tokens_ < kWhole) return false;
  tokens_ = std::max(0.0, tokens_ - 1);
  return true;
}

TokenBucket::Instant TokenBucket::ready(Instant now, size_t ahead) {
  refill(now);
  double missing = static_cast<double>(ahead) + 1 - tokens_;
  if (missing <= 0) return now;
  return now + std::chrono::ceil<std::chrono::microseconds>(Seconds(missing / rate_));
}

void TokenBucket::throttled(Instant now) {
  refill(now);
  tokens_ = 0;
  grown_ = now;
  if (now - halved_ < kOneComplaint) return;
  halved_ = now;
  rate_ = std::max(std::min(kSlowest, full_rate_), rate_ / 2);
}

void TokenBucket::succeeded(Instant now) {
  if (rate_ >= full_rate_ || now <= grown_) return;
  refill(now);
  double seconds = std::min(1.0, Seconds(now - grown_).count());  // silence proves nothing
  rate_ = std::min(full_rate_, rate_ + kRegained * full_rate_ * seconds);
  grown_ = now;
}

}  // namespace cadastre::aws
