// Comma-separated values (RFC 4180) that are safe to open in a spreadsheet. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cadastre {

// Quoted where it must be. A text that a spreadsheet would take for a formula is led by an apostrophe; plain numbers
// are left as they are.
std::string csv_field(std::string_view text);
// With CRLF at its end.
std::string csv_line(std::span<const std::string> fields);

}  // namespace cadastre
