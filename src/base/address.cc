#include "base/address.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <string>

namespace cadastre {

bool Network::contains(const Network& other) const {
  if (other.bits < bits) return false;
  int whole = bits / 8, rest = bits % 8;
  if (std::memcmp(bytes.data(), other.bytes.data(), static_cast<size_t>(whole)) != 0) return false;
  if (rest == 0) return true;
  auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  auto at = static_cast<size_t>(whole);
  return (bytes[at] & mask) == (other.bytes[at] & mask);
}

std::optional<Network> parse_network(std::string_view text) {
  // What cannot be one is turned away quickly: most texts are none.
  if (text.size() < 2 || text.size() > 49 || text.find_first_not_of("0123456789abcdefABCDEF.:/") != text.npos)
    return std::nullopt;
  auto slash = text.find('/');
  std::string host(text.substr(0, slash));
  Network network;
  bool four = host.find(':') == std::string::npos;
  if (four) {
    network.bytes[10] = network.bytes[11] = 0xff;
    if (inet_pton(AF_INET, host.c_str(), network.bytes.data() + 12) != 1) return std::nullopt;
  } else if (inet_pton(AF_INET6, host.c_str(), network.bytes.data()) != 1) {
    return std::nullopt;
  }
  if (slash == text.npos) return network;
  auto length = text.substr(slash + 1);
  int bits = 0;
  auto [end, problem] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (problem != std::errc() || end != length.data() + length.size() || bits < 0 || bits > (four ? 32 : 128))
    return std::nullopt;
  network.bits = four ? bits + 96 : bits;
  return network;
}

}  // namespace cadastre
