#pragma once

namespace cadastre::cli {

constexpr const char* kRelease = "0.1.0";

}  // namespace cadastre::cli
