#include "kubernetes/dump_place.h"

#include <fmt/format.h>

#include "base/text.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::string_view kScheme = "s3://";

bool digits(std::string_view text, size_t count) {
  return text.size() == count && text.find_first_not_of("0123456789") == text.npos;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

std::optional<Time> dump_time(std::string_view dump) {
  // "20261121T154000Z-4711"
  if (dump.size() < 18 || dump[8] != 'T' || dump.substr(15, 2) != "Z-" || !is_word(dump.substr(17)))
    return std::nullopt;
  if (!digits(dump.substr(0, 8), 8) || !digits(dump.substr(9, 6), 6)) return std::nullopt;
  return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", dump.substr(0, 4), dump.substr(4, 2), dump.substr(6, 2),
                                   dump.substr(9, 2), dump.substr(11, 2), dump.substr(13, 2)));
}

std::optional<DumpPlace> place_of(std::string_view key, std::string_view prefix) {
  if (!key.starts_with(prefix)) return std::nullopt;
  auto parts = split(key.substr(prefix.size()), '/');
  if (parts.size() != 5 || !digits(parts[0], 4) || !digits(parts[1], 2) || !digits(parts[2], 2)) return std::nullopt;
  if (!dump_time(parts[3]) || parts[4].empty()) return std::nullopt;
  return DumpPlace{std::string(parts[3]), std::string(key.substr(0, key.size() - parts[4].size())),
                   std::string(parts[4])};
}

std::string keys_after(std::string_view prefix, Time since) {
  auto text = format_time(std::chrono::floor<std::chrono::seconds>(since));  // "2026-11-21T15:40:00Z"
  auto day = replace_all(text.substr(0, 10), "-", "/");
  auto name = replace_all(replace_all(text, "-", ""), ":", "");
  return fmt::format("{}{}/{}", prefix, day, name);
}

std::string s3_url(std::string_view bucket, std::string_view key) {
  return fmt::format("{}{}/{}", kScheme, bucket, key);
}

std::optional<S3Place> parse_s3_url(std::string_view url) {
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  auto slash = url.find('/');
  if (slash == url.npos || slash == 0) return std::nullopt;
  return S3Place{std::string(url.substr(0, slash)), std::string(url.substr(slash + 1))};
}

}  // namespace cadastre::kubernetes
