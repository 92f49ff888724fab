#include "cli/local_index.h"

#include <unistd.h>

#include <filesystem>

#include "base/log.h"
#include "serve/beside.h"

namespace cadastre::cli {
namespace {

constexpr uint64_t kFew = 5'000;       // resources that the store finds as fast
constexpr uint64_t kFollowed = 1'000;  // changes that cost no more to follow again than a snapshot to write …
constexpr uint64_t kShare = 32;        // … or this part of all resources

bool may_keep(const std::string& file) {
  auto folder = std::filesystem::path(file).parent_path();
  return ::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
}

}  // namespace

std::unique_ptr<index::Index> local_index(App& app, Without without) {
  auto cells = app.store->cells().list();
  if (!cells) return nullptr;
  uint64_t live = 0;
  for (const auto& cell : *cells) live += cell.resources;
  if (live < kFew) return nullptr;
  auto file = serve::beside_store(app.config, ".index");
  auto index = std::make_unique<index::Index>(app.catalog, app.config.owner_tags);
  auto followed = index->load(*app.store, file);
  if (followed && *followed <= std::max(kFollowed, live / kShare)) return index;
  if (!followed) {
    log_debug("no snapshot of the index: {}", followed.error().message);
    if (without == Without::leave || !may_keep(file)) return nullptr;
    if (auto built = index->build(*app.store, "", {}); !built) return nullptr;
  }
  if (auto saved = index->save(file); !saved) log_debug("{}", saved.error().message);
  return index;
}

}  // namespace cadastre::cli
