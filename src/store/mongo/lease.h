// That only one process collects at a time: a row with its owner, until when it is his, and a thread that renews it.
//
// Thread-safe. Clocks of machines may differ by less than a lease. A process that could not renew its lease in time
// goes on to the end of its run, beside the one that took over: what they write stays in order (head.h), it is only
// read twice.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "store/mongo/database.h"

namespace cadastre::store::mongo {

constexpr Millis kLease{60'000};

class Lease {
 public:
  Lease(Database& database, Clock& clock);
  ~Lease() { drop(); }

  Result<void> take();  // Errors: io, naming the other process
  Result<void> renew();
  void drop();

 private:
  Result<bool> extend();  // false: it is somebody else's

  Database& database_;
  Clock& clock_;
  const std::string me_;   // this handle of this process
  const std::string who_;  // for people
  std::mutex mutex_;       // guards renewer_
  std::optional<std::jthread> renewer_;
};

}  // namespace cadastre::store::mongo
