#include "search/order.h"

#include <bit>
#include <charconv>

#include "base/text.h"
#include "query/words.h"

namespace cadastre::search {
namespace {

using index::SortKey;

constexpr std::pair<SortKey, std::string_view> kKeys[] = {{SortKey::relevance, "relevance"},
                                                          {SortKey::id, "id"},
                                                          {SortKey::name, "name"},
                                                          {SortKey::kind, "kind"},
                                                          {SortKey::account, "account"},
                                                          {SortKey::region, "region"},
                                                          {SortKey::state, "state"},
                                                          {SortKey::owner, "owner"},
                                                          {SortKey::created, "created"},
                                                          {SortKey::changed, "changed"},
                                                          {SortKey::first_seen, "first_seen"}};

// Eight bytes that compare as the number does.
std::string sortable(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::string sortable(std::optional<Time> time) {
  if (!time) return sortable(uint64_t{0});
  return sortable(static_cast<uint64_t>(time->time_since_epoch().count()) ^ (uint64_t{1} << 63));
}

// Numbers by value, before texts; texts without regard to case.
std::string sortable_text(const std::string& text) {
  double number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return "t" + lower(text);
  auto bits = std::bit_cast<uint64_t>(number);
  return "n" + sortable(number < 0 ? ~bits : bits ^ (uint64_t{1} << 63));
}

// Nearest first; what is exactly or nearly it: the latest first; then what people ask for most, by name.
std::string relevance(const query::Expression& expression, const query::Subject& subject, Time now) {
  auto near = query::nearness(expression, subject, now);
  std::string key(1, static_cast<char>(near));
  bool words = query::mentions(expression, [](const query::Term& term) { return term.key == query::Key::word; });
  if (words && near <= query::Nearness::prefix)
    key += sortable(~static_cast<uint64_t>(subject.changed.time_since_epoch().count()));
  return key + static_cast<char>(query::kind_weight(subject.kind_name)) + subject.kind_name + '\0' +
         query::fold(subject.name) + '\0' + subject.native;
}

std::string to_cursor(std::string_view bytes) { return to_hex(bytes); }

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (size_t i = 0; i < text.size(); i += 2) {
    unsigned char byte = 0;
    auto [end, problem] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (problem != std::errc() || end != text.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

Result<Order> order_of(std::string_view sort) {
  Order order;
  order.descending = sort.starts_with('-');
  if (order.descending) sort.remove_prefix(1);
  if (sort.empty()) return order;
  auto known = std::ranges::find(kKeys, sort, &std::pair<SortKey, std::string_view>::second);
  if (known != std::end(kKeys))
    order.key = known->first;
  else
    order.column = sort;
  return order;
}

bool before(const Position& a, const Position& b, bool descending) {
  if (a.key != b.key) return descending ? a.key > b.key : a.key < b.key;
  return a.resource < b.resource;
}

std::string sort_key(const Order& order, const query::Subject& subject, const query::Expression& expression, Time now,
                     const std::string& column) {
  if (!order.column.empty()) return sortable_text(column);
  switch (order.key) {
    case SortKey::relevance:
      return relevance(expression, subject, now);
    case SortKey::id:
      return subject.native;
    case SortKey::name:
      return lower(subject.name);
    case SortKey::kind:
      return subject.kind_name;
    case SortKey::account:
      return lower(subject.account_name.empty() ? subject.account : subject.account_name);
    case SortKey::region:
      return subject.region;
    case SortKey::state:
      return lower(subject.state);
    case SortKey::owner:
      return lower(subject.owner);
    case SortKey::created:
      return sortable(subject.created);
    case SortKey::changed:
      return sortable(subject.changed);
    case SortKey::first_seen:
      return sortable(subject.first_seen);
  }
  return {};
}

std::string write_cursor(const Position& position, std::string_view inner) {
  return to_cursor(to_json(json::array{position.resource, to_hex(position.key), inner}));
}

Result<Cursor> read_cursor(std::string_view text) {
  Cursor cursor;
  auto bad = fail(ErrorCode::invalid, "the cursor is none of ours; take it from the `next` of the page before");
  auto bytes = from_hex(text);
  auto value = bytes ? parse_json(*bytes, "a cursor") : Result<json::value>(bad);
  auto* parts = value ? value->if_array() : nullptr;
  if (!parts || parts->size() != 3 || !(*parts)[0].is_int64() || !(*parts)[1].is_string() || !(*parts)[2].is_string())
    return bad;
  auto key = from_hex(std::string_view((*parts)[1].get_string()));
  if (!key) return bad;
  cursor.position = {std::move(*key), (*parts)[0].get_int64()};
  cursor.inner = std::string((*parts)[2].get_string());
  return cursor;
}

}  // namespace cadastre::search
