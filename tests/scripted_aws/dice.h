// Deterministic chance: the same subject gets the same attributes in every process. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/time.h"

namespace cadastre::scripted {

// One resource, as the generators need it: who it is, and how often it has changed.
struct Subject {
  uint64_t seed = 1;
  std::string_view account, region, kind;
  uint32_t number = 0;       // within its cell, never used twice
  uint32_t revision = 0;     // of what the list says
  uint32_t detail = 0;       // of what second calls say
  uint32_t incarnation = 0;  // created anew under the same name
};

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  // SplitMix64.
  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ull;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>((next() >> 32) % bound); }
  double share() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return share() < probability; }
  std::string_view pick(std::span<const std::string_view> words) {
    return words[below(static_cast<uint32_t>(words.size()))];
  }

  std::string hex(size_t digits) {
    std::string text(digits, '0');
    for (auto& c : text) c = "0123456789abcdef"[below(16)];
    return text;
  }
  std::string capitals(size_t letters) {
    std::string text(letters, 'A');
    for (auto& c : text) c = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[below(32)];
    return text;
  }
  // RFC 3339, some time in 2023 to 2025.
  std::string time() {
    constexpr int64_t kFrom = 1'672'531'200, kSeconds = 3 * 365 * 86'400;
    auto seconds = kFrom + static_cast<int64_t>(next() % kSeconds);
    return format_time(Time(Millis(seconds * 1000)));
  }

 private:
  uint64_t state_;
};

inline uint64_t mix(uint64_t seed, std::string_view account, std::string_view region, std::string_view kind,
                    uint64_t number) {
  std::string text;
  text.reserve(96);
  text.append(account).append("/").append(region).append("/").append(kind);
  auto hash = hash128(text);
  Dice dice(hash.low ^ (seed * 0xD6E8FEB86659FD93ull) ^ (number * 0xA0761D6478BD642Full));
  return dice.next();
}

// The dice of a subject; of what it is, not of how it has changed.
inline Dice dice_of(const Subject& subject) {
  return Dice(mix(subject.seed, subject.account, subject.region, subject.kind, subject.number) + subject.incarnation);
}

// "vpc-0a1b…": the id that the resource `number` of such a kind has there.
inline std::string ec2_id(const Subject& near, std::string_view prefix, uint64_t number) {
  Dice dice(mix(near.seed, near.account, near.region, prefix, number));
  return std::string(prefix) + "-0" + dice.hex(16);
}

}  // namespace cadastre::scripted
