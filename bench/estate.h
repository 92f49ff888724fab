// A made-up estate for measuring the store: resources of ten kinds in 25 accounts and ten regions, whose documents are
// as long, as alike and as different as AWS's. The same seed makes the same estate.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "store/store.h"

namespace cadastre::bench {

// A tenth of the estate is of each kind.
constexpr std::array<std::string_view, 10> kKinds = {
    "aws.ec2.instance", "aws.ec2.volume", "aws.ec2.network_interface", "aws.ec2.snapshot",   "aws.ec2.security_group",
    "aws.s3.bucket",    "aws.iam.role",   "aws.lambda.function",       "aws.logs.log_group", "aws.rds.snapshot"};

class Estate {
 public:
  Estate(store::Store& store, size_t resources, uint64_t seed) : store_(store), wanted_(resources), random_(seed) {}

  // Puts all of it, an account's kind in a region after the other.
  Result<void> make(Time now);
  // One day: `changes` resources that did not change before either change or, three in a hundred, go; as many as go
  // are new.
  Result<void> live_on(Time day, size_t changes);

  size_t put() const { return put_; }

 private:
  struct Known {
    int64_t resource;
    uint32_t cell, kind;
    uint64_t seed;  // of its document: the same but for what a change changes
  };
  std::string document(uint32_t kind, uint64_t seed, int revision, store::Put& put);
  store::Put make_put(uint32_t cell, uint64_t seed, int revision);

  store::Store& store_;
  size_t wanted_, put_ = 0;
  std::mt19937_64 random_;
  std::vector<store::Cell> cells_;
  std::vector<Known> known_;  // shuffled: those before next_ have changed
  size_t next_ = 0;
};

}  // namespace cadastre::bench
