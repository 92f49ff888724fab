// The file that tools/build_models.py makes: every service's model and the endpoint table, each packed on its own with
// one shared dictionary, so that one unpacks without the others. Looks at the bytes it was given, which must outlive
// it. Immutable, thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct ZSTD_DDict_s;

namespace cadastre::aws {

class ModelArchive {
 public:
  // Errors: malformed.
  static Result<ModelArchive> open(std::string_view bytes);

  const std::string& botocore_version() const { return botocore_version_; }
  std::vector<std::string_view> names() const;  // sorted
  bool contains(std::string_view service) const { return services_.contains(service); }

  // The JSON texts. Errors: malformed; not_found (no such service).
  Result<std::string> endpoints() const;
  Result<std::string> service(std::string_view name) const;

 private:
  struct Text {
    size_t offset = 0, packed = 0, size = 0;
  };
  Result<std::string> unpack(const Text& text, std::string_view what) const;

  std::string botocore_version_;
  std::string_view texts_;
  std::shared_ptr<const ZSTD_DDict_s> dictionary_;
  Text endpoints_;
  std::map<std::string, Text, std::less<>> services_;
};

}  // namespace cadastre::aws
