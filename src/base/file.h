// Whole files in and out. Errors: io or not_found, naming the path and what the system said.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cadastre {

Result<std::string> read_file(const std::string& path);

// Writes beside the target and renames over it, so a reader sees the old or the new file, never a half. mode:
// permission bits.
Result<void> write_file(const std::string& path, std::string_view content, unsigned mode = 0644);

// "~/x" with the home directory in place of "~".
std::string expand_home(std::string_view path);

}  // namespace cadastre
