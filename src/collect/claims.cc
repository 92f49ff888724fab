#include "collect/claims.h"

namespace cadastre::collect {

std::optional<CellClaims::Claim> CellClaims::take(const store::CellKey& key, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [&] { return !taken_.contains(key); })) return std::nullopt;
  taken_.insert(key);
  return std::optional<Claim>(std::in_place, *this, key);
}

CellClaims::Claim::~Claim() {
  if (!claims_) return;
  {
    std::lock_guard lock(claims_->mutex_);
    claims_->taken_.erase(key_);
  }
  claims_->changed_.notify_all();
}

}  // namespace cadastre::collect
