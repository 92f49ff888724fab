// The catalogue's files, as tools/bundle.py joined them into the binary.
#include <charconv>

#include "catalog/catalog.h"

extern "C" {
extern const char cadastre_catalog_bundle_begin[];
extern const char cadastre_catalog_bundle_end[];
}

namespace cadastre::catalog {

std::vector<Source> embedded_sources() {
  std::vector<Source> sources;
  std::string_view rest(cadastre_catalog_bundle_begin,
                        static_cast<size_t>(cadastre_catalog_bundle_end - cadastre_catalog_bundle_begin));
  while (!rest.empty()) {
    size_t name_end = rest.find('\n'), size_end = rest.find('\n', name_end + 1);
    size_t size = 0;
    std::from_chars(rest.data() + name_end + 1, rest.data() + size_end, size);
    sources.push_back({std::string(rest.substr(0, name_end)), std::string(rest.substr(size_end + 1, size))});
    rest.remove_prefix(size_end + 1 + size);
  }
  return sources;
}

}  // namespace cadastre::catalog
