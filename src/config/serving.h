// The part of cadastre.yaml that `cadastre serve` lives by: where it listens, who comes in, how much of the past is
// kept.
#pragma once

#include "base/yaml.h"
#include "config/config.h"

namespace cadastre {

// How texts with ${…} and paths are read; the file's reader has both.
struct ServingTexts {
  std::function<std::optional<std::string>(YamlMap&, std::string_view key)> expanded;
  std::function<std::string(YamlMap&, std::string_view key)> secret;
  std::function<std::string(const std::string&)> beside_file;
};

// Reads listen, public_url, tls, trusted_proxies, requests_per_second, sign_in, access_portal, owner_tags and
// retention into `config`.
void read_serving(YamlMap& map, const ServingTexts& texts, Config& config);

}  // namespace cadastre
