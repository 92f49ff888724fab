// Small text helpers that the standard library lacks. Pure functions; ASCII unless said.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cadastre {

std::string lower(std::string_view text);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
bool iequals(std::string_view a, std::string_view b);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// "InstanceType" → "instance_type", "VPCId" → "vpc_id".
std::string snake_case(std::string_view camel);

// `*` matches any run of characters, `?` exactly one; anchored at both ends.
bool glob_match(std::string_view pattern, std::string_view text);

std::string to_hex(std::string_view bytes);
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // nullopt: not base64

// RFC 3986 percent-encoding: all but unreserved characters; '/' is kept when keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash = false);
std::string percent_decode(std::string_view text);

bool is_utf8(std::string_view text);  // well-formed: no surrogates, nothing overlong

// The candidate that `word` was probably meant to be (edit distance at most a third of its length), for "did you mean".
std::optional<std::string> closest(std::string_view word, std::span<const std::string_view> candidates);

// " (did you mean 'x'?)" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// Text that is safe on a terminal and in a log line: control characters are shown as \xNN.
std::string printable(std::string_view text);

// "1,234,567".
std::string thousands(uint64_t number);

// Terminal columns that `text` takes: UTF-8 aware, wide characters counted as one.
size_t display_width(std::string_view text);

}  // namespace cadastre
