#include "net/http_limits.h"

#include <cmath>

#include "base/address.h"

namespace cadastre {

std::string client_key(std::string_view address) {
  auto network = parse_network(address);
  if (!network) return std::string(address);
  auto& bytes = network->bytes;
  bool four = std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
              bytes[10] == 0xff && bytes[11] == 0xff;
  return {reinterpret_cast<const char*>(bytes.data()), four ? size_t{16} : size_t{8}};
}

RateLimit::RateLimit(double per_second, double burst) : per_second_(per_second), burst_(std::max(1.0, burst)) {}

double RateLimit::filled(const Bucket& bucket, Instant now) const {
  double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  return std::min(burst_, bucket.tokens + std::max(0.0, seconds) * per_second_);
}

int RateLimit::take(const std::string& client, Instant now) {
  if (per_second_ <= 0) return 0;
  std::lock_guard lock(mutex_);
  if (buckets_.size() >= forget_at_) forget_full(now);
  auto& bucket = buckets_.try_emplace(client, Bucket{burst_, now}).first->second;
  bucket = {filled(bucket, now), now};
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.tokens) / per_second_)));
}

void RateLimit::forget_full(Instant now) {
  std::erase_if(buckets_, [&](const auto& entry) { return filled(entry.second, now) >= burst_; });
  forget_at_ = std::max<size_t>(1024, buckets_.size() * 2);
}

size_t RateLimit::clients() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

ConnectionLimit::ConnectionLimit(size_t in_all, size_t of_one) : in_all_(in_all), of_one_(of_one) {}

bool ConnectionLimit::enter(const std::string& client, bool unlimited) {
  std::lock_guard lock(mutex_);
  if (open_ >= in_all_) return false;
  auto& count = clients_[client];
  if (!unlimited && count >= of_one_) return false;
  ++count;
  ++open_;
  return true;
}

void ConnectionLimit::leave(const std::string& client) {
  std::lock_guard lock(mutex_);
  --open_;
  if (auto at = clients_.find(client); at != clients_.end() && --at->second == 0) clients_.erase(at);
}

}  // namespace cadastre
