// IP addresses and networks, both families, as numbers that compare.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cadastre {

// An address is a network of full length. Bytes are in network order; IPv4 is kept in its IPv6 mapping
// (::ffff:a.b.c.d).
struct Network {
  std::array<uint8_t, 16> bytes{};
  int bits = 128;  // of the mapped form: an IPv4 /24 is 120
  bool is_address() const { return bits == 128; }
  bool contains(const Network& other) const;
  bool operator==(const Network&) const = default;
};

// "10.0.0.1", "10.0.0.0/16", "2001:db8::/32"; nullopt for anything else. Host bits are kept as they are written.
std::optional<Network> parse_network(std::string_view text);

}  // namespace cadastre
