// Hears of new dumps in one drop-box, and notes them in the ledger: from its queue, from listings, or both, since
// events come late, twice, in any order, and now and then not at all. Used by one thread.
#pragma once

#include <map>

#include "aws/bucket.h"
#include "aws/queue.h"
#include "kubernetes/dump_place.h"
#include "kubernetes/ledger.h"
#include "kubernetes/owners.h"

namespace cadastre::kubernetes {

class Ear {
 public:
  Ear(const DropboxConfig& box, const Owners& owners, Ledger& ledger, Clock& clock, aws::Bucket bucket,
      std::optional<aws::Queue> queue)
      : box_(box),
        owners_(owners),
        ledger_(ledger),
        clock_(clock),
        bucket_(std::move(bucket)),
        queue_(std::move(queue)) {}

  // One round of messages, waiting for them for at most `wait`. How many there were. A message is taken away once all
  // that it says is in the ledger. Errors: the queue's, the store's.
  Result<size_t> receive(Millis wait, std::stop_token stop);
  // Every cluster's folders since its newest dump. How many dumps were new. Errors: the bucket's, the store's; the
  // other clusters are listed all the same.
  Result<size_t> list(std::stop_token stop);

 private:
  Result<void> note(const Owner& owner, const DumpPlace& place, std::optional<Time> put);
  Result<void> heard(const std::string& bucket, const std::string& key, std::optional<Time> put);
  Result<void> list_cluster(const Owner& owner, std::stop_token stop);

  const DropboxConfig& box_;
  const Owners& owners_;
  Ledger& ledger_;
  Clock& clock_;
  aws::Bucket bucket_;
  std::optional<aws::Queue> queue_;
  size_t news_ = 0;  // of the call under way
};

}  // namespace cadastre::kubernetes
