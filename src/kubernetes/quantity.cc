#include "kubernetes/quantity.h"

#include <charconv>
#include <string>
#include <utility>

namespace cadastre::kubernetes {

std::optional<double> parse_quantity(std::string_view text) {
  constexpr std::pair<std::string_view, double> kSuffixes[] = {{"", 1},
                                                               {"n", 1e-9},
                                                               {"u", 1e-6},
                                                               {"m", 1e-3},
                                                               {"k", 1e3},
                                                               {"M", 1e6},
                                                               {"G", 1e9},
                                                               {"T", 1e12},
                                                               {"P", 1e15},
                                                               {"E", 1e18},
                                                               {"Ki", 1024},
                                                               {"Mi", 1024.0 * 1024},
                                                               {"Gi", 1073741824.0},
                                                               {"Ti", 1099511627776.0},
                                                               {"Pi", 1125899906842624.0},
                                                               {"Ei", 1152921504606846976.0}};
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::general);
  if (error != std::errc()) return std::nullopt;
  std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  for (auto [suffix, factor] : kSuffixes) {
    if (rest == suffix) return number * factor;
  }
  return std::nullopt;
}

std::optional<int> minor_version(std::string_view version) {
  size_t dot = version.find('.');
  if (dot == version.npos) return std::nullopt;
  int minor = 0;
  auto [end, error] = std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return error == std::errc() ? std::optional(minor) : std::nullopt;
}

}  // namespace cadastre::kubernetes
