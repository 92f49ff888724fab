#include "net/http_text.h"

#include "base/text.h"

namespace cadastre {
namespace {

std::unexpected<Refusal> refuse(std::string detail, int status = 400) {
  return std::unexpected(Refusal{status, std::move(detail)});
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

// The value of "q" in "gzip;q=0.5", in thousandths; 1000 when there is none, 0 when it cannot be read.
int quality(std::string_view element) {
  auto at = element.find(';');
  if (at == element.npos) return 1000;
  auto weight = trim(element.substr(at + 1));
  if (weight.size() < 3 || (weight[0] != 'q' && weight[0] != 'Q') || weight[1] != '=') return 1000;
  weight.remove_prefix(2);
  if (weight.starts_with('1')) return 1000;
  return weight.find_first_of("123456789") == weight.npos ? 0 : 500;
}

// An entry of X-Forwarded-For without its port: "10.0.0.1:80", "[::1]:80", "::1".
std::string_view without_port(std::string_view entry) {
  if (entry.starts_with('[')) return entry.substr(1, entry.find(']') - 1);
  auto colon = entry.find(':');
  return colon != entry.npos && entry.find(':', colon + 1) == entry.npos ? entry.substr(0, colon) : entry;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::expected<std::string, Refusal> decode_strictly(std::string_view text, std::string_view what) {
  for (size_t at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
      return refuse(
          fmt::format("The {} has a '%' that is not followed by two hexadecimal digits; write it as %25.", what));
    }
  }
  auto decoded = percent_decode(text);
  if (decoded.find('\0') != decoded.npos) return refuse(fmt::format("The {} contains a NUL character.", what));
  if (!is_utf8(decoded)) return refuse(fmt::format("The {} is not UTF-8.", what));
  return decoded;
}

std::expected<std::vector<std::pair<std::string, std::string>>, Refusal> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> found;
  if (text.empty()) return found;
  for (auto pair : split(text, '&')) {
    if (pair.empty()) continue;
    auto equals = std::min(pair.find('='), pair.size());
    auto decode = [](std::string_view part) {
      std::string spaced(part);
      std::ranges::replace(spaced, '+', ' ');
      return decode_strictly(spaced, "query");
    };
    auto name = decode(pair.substr(0, equals));
    if (!name) return std::unexpected(std::move(name).error());
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) return std::unexpected(std::move(value).error());
    found.emplace_back(std::move(*name), std::move(*value));
  }
  return found;
}

std::expected<Target, Refusal> parse_target(std::string_view method, std::string_view target) {
  if (std::ranges::any_of(target, [](char c) { return is_control(c) || c == ' ' || c == '#'; })) {
    return refuse("The target contains characters that must be percent-encoded.");
  }
  Target found;
  if (target == "*" && method == "OPTIONS") {
    found.path = "*";
    found.segments = {"*"};
    return found;
  }
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!iequals(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    auto end = std::min(target.find_first_of("/?"), target.size());
    found.authority = target.substr(0, end);
    target.remove_prefix(end);
    if (found.authority.empty() || found.authority.find('@') != std::string::npos) {
      return refuse("The target's host cannot be understood.");
    }
    break;
  }
  auto question = std::min(target.find('?'), target.size());
  auto raw = target.substr(0, question);
  if (raw.empty() && !found.authority.empty()) raw = "/";
  if (!raw.starts_with('/')) return refuse("The target must be a path that starts with '/'.");

  auto path = decode_strictly(raw, "path");
  if (!path) return std::unexpected(std::move(path).error());
  if (std::ranges::any_of(*path, is_control)) return refuse("The path contains a control character.");
  if (std::ranges::any_of(split(*path, '/'), is_dots)) return refuse("The path contains a segment '.' or '..'.");
  found.path = std::move(*path);
  if (raw != "/") {
    for (auto segment : split(raw.substr(1), '/')) found.segments.push_back(percent_decode(segment));
  }
  auto query = parse_query(target.substr(std::min(question + 1, target.size())));
  if (!query) return std::unexpected(std::move(query).error());
  found.query = std::move(*query);
  return found;
}

std::string cookie_value(std::string_view header, std::string_view name) {
  for (auto pair : split(header, ';')) {
    pair = trim(pair);
    auto equals = pair.find('=');
    if (equals == pair.npos || pair.substr(0, equals) != name) continue;
    auto value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

bool list_has(std::string_view list, std::string_view member) {
  return std::ranges::any_of(split(list, ','), [&](auto element) { return iequals(trim(element), member); });
}

bool accepts_gzip(std::string_view accept_encoding) {
  int named = -1, any = 0;
  for (auto element : split(accept_encoding, ',')) {
    auto name = trim(element.substr(0, element.find(';')));
    if (iequals(name, "gzip") || iequals(name, "x-gzip")) named = quality(element);
    if (name == "*") any = quality(element);
  }
  return (named >= 0 ? named : any) > 0;
}

bool is_compressible(std::string_view content_type) {
  auto type = lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "text/event-stream") return false;
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  constexpr std::array<std::string_view, 7> others = {
      "application/json", "application/x-ndjson", "application/ndjson",       "application/javascript",
      "application/xml",  "application/yaml",     "application/manifest+json"};
  return std::ranges::find(others, type) != others.end();
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  if (etag.empty()) return false;
  auto rest = trim(if_none_match);
  if (rest == "*") return true;
  // A tag may hold commas, so the list is walked by its quotes.
  while (!rest.empty()) {
    auto open = rest.find('"');
    if (open == rest.npos) return false;
    auto close = rest.find('"', open + 1);
    if (close == rest.npos) return false;
    if (rest.substr(open, close - open + 1) == strong(etag)) return true;
    rest.remove_prefix(close + 1);
  }
  return false;
}

std::string forwarded_client(std::string_view peer, std::string_view forwarded_for,
                             const std::vector<Network>& trusted) {
  auto is_trusted = [&](const Network& address) {
    return std::ranges::any_of(trusted, [&](const auto& network) { return network.contains(address); });
  };
  auto address = parse_network(peer);
  std::string client(peer);
  if (!address || !is_trusted(*address)) return client;
  auto entries = split(forwarded_for, ',');
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    auto text = without_port(trim(*entry));
    auto next = parse_network(text);
    if (!next || !next->is_address() || text.find('/') != text.npos) return client;
    client = text;
    if (!is_trusted(*next)) return client;
  }
  return client;
}

std::string http_date(Time time) {
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekdays[std::chrono::weekday(days).c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::string_view reason_phrase(int status) {
  static constexpr auto phrases = std::to_array<std::pair<int, std::string_view>>({
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  });
  for (const auto& [code, phrase] : phrases) {
    if (code == status) return phrase;
  }
  return "Unknown";
}

}  // namespace cadastre
