#include "serve/beside.h"

namespace cadastre::serve {

std::string beside_store(const Config& config, std::string_view ending) {
  std::string_view store = config.store;
  if (store.starts_with("sqlite:")) return std::string(store.substr(7)) + std::string(ending);
  if (store.find("://") == store.npos) return std::string(store) + std::string(ending);
  auto slash = config.file.rfind('/');
  return (slash == std::string::npos ? "" : config.file.substr(0, slash + 1)) + "cadastre" + std::string(ending);
}

}  // namespace cadastre::serve
