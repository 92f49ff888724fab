#include "aws/retry.h"

#include <charconv>

#include "aws/identity_errors.h"
#include "base/text.h"

namespace cadastre::aws {

Millis backoff(const ClientOptions& options, int attempt, double random, std::optional<Millis> asked) {
  double longest = static_cast<double>(options.backoff_base.count());
  for (int i = 1; i < attempt && longest < static_cast<double>(options.backoff_cap.count()); ++i) longest *= 2;
  longest = std::min(longest, static_cast<double>(options.backoff_cap.count()));
  Millis jittered(static_cast<int64_t>(longest * random));
  return asked ? std::max(jittered, std::min(*asked, options.backoff_cap)) : jittered;
}

std::optional<Millis> retry_after(const HttpResponse& response, Time now) {
  const auto* header = response.header("Retry-After");
  if (!header) return std::nullopt;
  auto text = trim(*header);
  int64_t seconds = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds < 1'000'000)
    return Millis(seconds * 1000);
  if (auto date = parse_http_date(text)) return std::max(Millis(0), *date - now);
  return std::nullopt;
}

bool pause(Millis time, std::stop_token stop) {
  if (time > Millis(0)) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any ended;
    ended.wait_for(lock, stop, time, [] { return false; });
  }
  return !stop.stop_requested();
}

bool RetryBudget::take(const std::string& key, int cost) {
  std::lock_guard lock(mutex_);
  int& left = left_.try_emplace(key, kFull).first->second;
  if (left < cost) return false;
  left -= cost;
  return true;
}

void RetryBudget::give_back(const std::string& key, int units) {
  std::lock_guard lock(mutex_);
  auto found = left_.find(key);
  if (found == left_.end()) return;
  found->second += units;
  if (found->second >= kFull) left_.erase(found);
}

}  // namespace cadastre::aws
