// What people did and keep: the audit log and saved views. On the disk before it is acknowledged. Thread-safe. Errors:
// io, full, not_found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::store {

struct AuditEntry {
  int64_t id = 0;
  Time at{};
  std::string actor;             // "ana", "token 3 of ana", "command line"
  std::string action;            // "sign-in", "sign-in refused", "token added", "role changed", …
  std::string object;            // what it was done to
  std::string detail;            // one sentence; never a secret
  std::string address, request;  // the client's, and the request's id
};

struct AuditFilter {
  std::optional<Time> since, until;
  std::string actor, action;  // "": any
  int64_t before = 0;         // ids, exclusive: the next page; 0: from the newest
  size_t limit = 100;
};

// A question worth keeping: what the dashboard shows under a name.
struct View {
  int64_t id = 0;
  int64_t user = 0;
  std::string name, path, query;  // path and query of the page
  bool shared = false;            // everybody may open it, within their own scope
  Time changed{};
};

class Journal {
 public:
  virtual ~Journal() = default;
  virtual Result<void> audit(const AuditEntry& entry) = 0;
  virtual Result<std::vector<AuditEntry>> audit_log(const AuditFilter& filter) = 0;  // newest first
  virtual Result<uint64_t> forget_audit(Time before) = 0;

  virtual Result<int64_t> put_view(const View& view) = 0;     // id 0: a new one
  virtual Result<std::vector<View>> views(int64_t user) = 0;  // one's own and shared ones, by name
  virtual Result<void> remove_view(int64_t id) = 0;           // with its user, when that is removed, too
};

}  // namespace cadastre::store
