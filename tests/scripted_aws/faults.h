// What goes wrong on purpose, where and how often; and who called how often. Not thread-safe: their owner locks.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "base/json.h"
#include "scripted_aws/dice.h"

namespace cadastre::scripted {

enum class FaultKind {
  throttle,  // in the protocol's own spelling
  error500,
  error503,
  reset,                  // the connection, before any answer
  cut,                    // the body ends in the middle
  malformed,              // not XML, not JSON, with status 200
  html,                   // a proxy's page, with status 200
  empty_page_with_token,  // the list goes on behind it
  repeated_token,         // the list never ends
  expired_token_mid,      // the credentials are refused as expired, on a page that is not the first
  deny_iam,
  deny_scp,
  opt_in_required,
  auth_failure,  // the key is not known there
  hang,
  slow,
  wrong_region_bucket,  // the bucket lives in `to`
  expire_credentials,   // sessions older than `older_than` are refused as expired
};
std::optional<FaultKind> fault_kind(std::string_view word);
std::string_view to_string(FaultKind kind);
std::span<const std::string_view> fault_words();

struct Fault {
  FaultKind kind = FaultKind::throttle;
  std::string account = "*", region = "*", service = "*", operation = "*";  // globs
  std::string contains = {};                                                // in the request's path, query or body
  enum class Pages { any, first, later } pages = Pages::any;
  double probability = 1;
  uint64_t times = UINT64_MAX;   // then it is over
  uint64_t skip = 0;             // so many matching calls are let through first
  std::string to = "eu-west-1";  // wrong_region_bucket
  int64_t older_than = 0;        // expire_credentials, milliseconds
  int64_t step = 200;            // slow: milliseconds between pieces
  uint64_t hits = 0;             // how often it struck

  // {"kind": "throttle", "operation": "Describe*", …}. Errors: invalid.
  static Result<Fault> from_json(const json::value& value);
  json::object to_json() const;
};

// What a fault is matched with.
struct FaultSubject {
  std::string_view account, region, service, operation, target, body;
  bool later_page = false;
  int64_t session_age = -1;  // milliseconds; -1: long-lived keys
};

class Faults {
 public:
  void set(std::vector<Fault> faults) { faults_ = std::move(faults); }
  void seed(uint64_t seed) { dice_ = Dice(seed); }
  const std::vector<Fault>& all() const { return faults_; }
  // The first fault that strikes; counted.
  const Fault* strike(const FaultSubject& subject);

 private:
  std::vector<Fault> faults_;
  Dice dice_{1};
};

// Calls per account, region, service and operation, with their instants.
class Counts {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  struct Key {
    std::string account, region, service, operation;
    auto operator<=>(const Key&) const = default;
  };

  void add(Key key, Instant at) { calls_[std::move(key)].push_back(at); }
  void clear() { calls_.clear(); }
  uint64_t total() const;
  const std::map<Key, std::deque<Instant>>& all() const { return calls_; }
  // The most calls in any window of that length.
  static size_t most_within(const std::deque<Instant>& calls, Millis window);
  void write(std::string& out) const;  // one JSON object a line

 private:
  std::map<Key, std::deque<Instant>> calls_;
};

}  // namespace cadastre::scripted
