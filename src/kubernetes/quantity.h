// Numbers as Kubernetes writes them: "3", "500m", "1.5", "12e6", "200Gi", "4k".
#pragma once

#include <optional>
#include <string_view>

namespace cadastre::kubernetes {

std::optional<double> parse_quantity(std::string_view text);

// The minor part of a version: 33 of "v1.33.4-eks-b9364f6". nullopt: it is none.
std::optional<int> minor_version(std::string_view version);

}  // namespace cadastre::kubernetes
