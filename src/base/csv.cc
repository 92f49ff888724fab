#include "base/csv.h"

namespace cadastre {
namespace {

bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  bool digits = false;
  for (char c : text) {
    if (c >= '0' && c <= '9')
      digits = true;
    else if (c != '.')
      return false;
  }
  return digits;
}

}  // namespace

std::string csv_field(std::string_view text) {
  // A separator that a spreadsheet trims may stand before the sign.
  auto first = text.substr(std::min(text.find_first_not_of(" \n"), text.size()));
  bool formula = !first.empty() && std::string_view("=+-@\t\r").contains(first[0]) && !is_number(text);
  std::string field = formula ? "'" : "";
  field += text;
  if (field.find_first_of(",\"\r\n") == field.npos) return field;
  std::string quoted = "\"";
  for (char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_line(std::span<const std::string> fields) {
  std::string line;
  for (const auto& field : fields) {
    if (&field != fields.data()) line += ',';
    line += csv_field(field);
  }
  return line + "\r\n";
}

}  // namespace cadastre
