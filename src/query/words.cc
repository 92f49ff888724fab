#include "query/words.h"

#include <algorithm>

#include "base/address.h"
#include "base/text.h"

namespace cadastre::query {
namespace {

constexpr std::string_view kBoth = "dualstack.";  // what Route 53's console puts before a load balancer's name

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Unicode's simple lower case of the letters that take two bytes before and after.
uint32_t lower_of(uint32_t point) {
  if ((point >= 0xc0 && point <= 0xde && point != 0xd7) || (point >= 0x391 && point <= 0x3a9 && point != 0x3a2) ||
      (point >= 0x410 && point <= 0x42f))
    return point + 0x20;
  if (point >= 0x400 && point <= 0x40f) return point + 0x50;
  bool even_pairs = (point >= 0x100 && point <= 0x12f) || (point >= 0x132 && point <= 0x137) ||
                    (point >= 0x14a && point <= 0x177) || (point >= 0x460 && point <= 0x481);
  if (even_pairs) return point | 1;
  bool odd_pairs = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17e);
  if (odd_pairs && point % 2 == 1) return point + 1;
  if (point == 0x178) return 0xff;
  return point;
}

// "i-0123abcd", "eni-attach-0123456789abcdef0": EC2's forms, of 8 or 17 hexadecimal digits.
bool ec2_id(std::string_view word) {
  auto dash = word.rfind('-');
  if (dash == word.npos || dash == 0 || dash > 24 || !letter(word[0])) return false;
  auto prefix = word.substr(0, dash), number = word.substr(dash + 1);
  if (!std::ranges::all_of(prefix, [](char c) { return letter(c) || c == '-'; })) return false;
  if (!std::ranges::all_of(number, hex) || !std::ranges::any_of(number, digit)) return false;
  // Eight decimal digits are rather a date: "backup-20260101".
  return number.size() == 17 || (number.size() == 8 && std::ranges::any_of(number, letter));
}

bool uuid(std::string_view word) {
  if (word.size() != 36) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? word[i] != '-' : !hex(word[i])) return false;
  }
  return true;
}

// "AROAEXAMPLE1234567", "Z1D633PJN98FT9".
bool capital_id(std::string_view word) {
  return word.size() >= 12 && word.size() <= 32 &&
         std::ranges::all_of(word, [](char c) { return digit(c) || (c >= 'A' && c <= 'Z'); }) &&
         std::ranges::any_of(word, digit) && std::ranges::any_of(word, letter);
}

}  // namespace

std::string fold(std::string_view text) {
  auto folded = lower(text);
  for (size_t i = 0; i + 1 < folded.size(); ++i) {
    auto lead = static_cast<unsigned char>(folded[i]), next = static_cast<unsigned char>(folded[i + 1]);
    if (lead < 0xc3 || lead > 0xd2 || (next & 0xc0) != 0x80) continue;
    auto point = lower_of(static_cast<uint32_t>((lead & 0x1f) << 6 | (next & 0x3f)));
    folded[i] = static_cast<char>(0xc0 | point >> 6);
    folded[++i] = static_cast<char>(0x80 | (point & 0x3f));
  }
  return folded;
}

Nearness nearness_in(std::string_view text, std::string_view word) {
  if (text.starts_with(word)) return Nearness::prefix;
  auto found = Nearness::none;
  for (size_t at = text.find(word, 1); at != text.npos; at = text.find(word, at + 1)) {
    if (!in_word(text[at - 1])) return Nearness::word_start;
    found = Nearness::inside;
  }
  return found;
}

bool looks_like_id(std::string_view word) {
  if (word.size() < 2 || word.find_first_of("*?") != word.npos) return false;
  if (word.starts_with("arn:")) return std::ranges::count(word, ':') >= 5;
  if (word.starts_with("aws.") || word.starts_with("k8s.")) return std::ranges::count(word, '/') >= 3;
  return parse_network(word).has_value() || ec2_id(word) || uuid(word) || capital_id(word);
}

bool looks_like_host(std::string_view word) {
  if (word.ends_with('.')) word.remove_suffix(1);
  if (word.size() > 253 || parse_network(word)) return false;
  auto labels = split(word, '.');
  auto plain = [](char c) { return letter(c) || digit(c) || c == '-' || c == '_'; };
  return labels.size() > 1 && labels.back().size() > 1 && std::ranges::all_of(labels.back(), letter) &&
         std::ranges::all_of(labels, [&](std::string_view label) {
           return !label.empty() && label.size() < 64 && std::ranges::all_of(label, plain);
         });
}

std::string plain_host(std::string_view name) {
  auto plain = fold(name);
  if (plain.ends_with('.')) plain.pop_back();
  if (plain.starts_with(kBoth)) plain.erase(0, kBoth.size());
  return plain;
}

std::array<std::string, 4> host_forms(const std::string& plain) {
  auto both = std::string(kBoth) + plain;
  return {plain, plain + ".", both, both + "."};
}

}  // namespace cadastre::query
