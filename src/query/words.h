// Words and texts: how they are compared, how near a word comes to a text, and what a word looks like. Pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cadastre::query {

// How near a resource comes to the words of a query; an answer shows the nearest first.
enum class Nearness : uint8_t {
  exact_id,    // its native id, ARN or KIND/ACCOUNT/REGION/NATIVE
  exact_name,  // its name, or an address that it has
  prefix,      // one of its texts begins with the word
  word_start,  // the word begins at a word of one of its texts: "api" in "payments-api"
  inside,      // anywhere else in a text
  related,     // a network around the address; where a DNS name leads to
  none
};
constexpr size_t kNearnesses = static_cast<size_t>(Nearness::none);

// Lower case for comparing: ASCII, Latin, Greek and Cyrillic letters. The length in bytes stays; what is no UTF-8
// stays.
std::string fold(std::string_view text);

// Letters, digits and everything beyond ASCII make up words; what is between them separates.
constexpr bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || static_cast<signed char>(c) < 0;
}

// prefix, word_start, inside or none; both are folded.
Nearness nearness_in(std::string_view text, std::string_view word);

// What nobody types, but pastes: "i-0123456789abcdef0", an ARN, an address or a network, a UUID, "AROAEXAMPLE1234567",
// KIND/ACCOUNT/REGION/NATIVE.
bool looks_like_id(std::string_view word);

// A DNS name with at least two labels: "shop.example.com", with or without the dot at its end.
bool looks_like_host(std::string_view word);

// A DNS name as it is compared: folded, without the dot at its end and the "dualstack." that Route 53's console adds.
std::string plain_host(std::string_view name);
// The ways in which that name may stand in a folded text.
std::array<std::string, 4> host_forms(const std::string& plain);

}  // namespace cadastre::query
