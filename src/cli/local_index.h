// The index of a local store, for one command: taken from the snapshot that `cadastre serve` and earlier commands keep
// beside the store, and brought up to date.
#pragma once

#include "cli/app.h"
#include "index/index.h"

namespace cadastre::cli {

// With no snapshot that fits the index is built anew and kept for the next command, or only when there is one (a shell
// waits for its candidates).
enum class Without { build, leave };

// nullptr: the store alone answers as fast, or nothing could be kept. Never fails a command.
std::unique_ptr<index::Index> local_index(App& app, Without without);

}  // namespace cadastre::cli
