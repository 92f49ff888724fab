// Which cells are being read at this moment, so that runs that go on side by side never read one twice at once.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

#include "store/store.h"

namespace cadastre::collect {

class CellClaims {
 public:
  // Held while the cell is read; given back by its end.
  class Claim {
   public:
    Claim(CellClaims& claims, store::CellKey key) : claims_(&claims), key_(std::move(key)) {}
    Claim(Claim&& other) noexcept : claims_(std::exchange(other.claims_, nullptr)), key_(std::move(other.key_)) {}
    Claim& operator=(Claim&& other) noexcept {
      std::swap(claims_, other.claims_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Claim();

   private:
    CellClaims* claims_;
    store::CellKey key_;
  };

  // Waits until nobody else reads the cell. nullopt: stopped before that.
  std::optional<Claim> take(const store::CellKey& key, std::stop_token stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<store::CellKey> taken_;
};

}  // namespace cadastre::collect
