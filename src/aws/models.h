// The service models and the endpoint table that are embedded in the binary, unpacked on first use. Thread-safe.
//
// Only operations on the reviewed allow-list (catalog/aws/operations.txt) are in them: what is not embedded cannot be
// called.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "aws/endpoint.h"
#include "aws/model.h"

namespace cadastre::aws {

class Models {
 public:
  Models();
  ~Models();

  // Errors: unsupported (no such service; suggests the one that was meant).
  Result<const Service*> service(std::string_view name) const;
  // Errors: refused, when the operation is not on the allow-list, saying so.
  Result<const Operation*> operation(std::string_view service, std::string_view operation) const;
  const Endpoints& endpoints() const;
  std::vector<std::string_view> service_names() const;
  std::string_view botocore_version() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::aws
