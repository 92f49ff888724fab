#include "search/order.h"

#include <bit>
#include <charconv>

#include "base/text.h"
#include "index/table.h"
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

// Numbers by value, before texts; texts without regard to case.
std::string comparable(const std::string& text) {
  double number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return "t" + query::fold(text);
  auto bits = std::bit_cast<uint64_t>(number);
  return fmt::format("n{:016x}", number < 0 ? ~bits : bits ^ (uint64_t{1} << 63));
}

int64_t millis(Time time) { return time.time_since_epoch().count(); }

// A column is ordered by as a state is: by its text, then by the name.
SortKey index_key(const Order& order) { return order.column.empty() ? order.key : SortKey::state; }

}  // namespace

Order order_of(std::string_view sort) {
  Order order;
  order.descending = sort.starts_with('-');
  if (order.descending) sort.remove_prefix(1);
  auto known = std::ranges::find(kKeys, sort, &std::pair<SortKey, std::string_view>::second);
  if (known != std::end(kKeys))
    order.key = known->first;
  else
    order.column = sort;
  return order;
}

std::string sort_keys() {
  std::vector<std::string> names;
  for (const auto& [key, name] : kKeys) names.emplace_back(name);
  return join(names, ", ");
}

Position position_of(const Order& order, const store::Resource& resource, const query::Subject& subject,
                     const query::Expression& expression, Time now, const std::string& column) {
  Position position;
  position.resource = resource.resource;
  auto by = [&](std::string major) {
    position.major = std::move(major);
    position.text = query::fold(subject.name);
  };
  if (!order.column.empty()) {
    by(comparable(column));
    return position;
  }
  switch (order.key) {
    case SortKey::relevance:
      position.nearness = static_cast<size_t>(query::nearness(expression, subject, now));
      position.number = -millis(subject.changed);
      by(subject.kind_name);
      break;
    case SortKey::id:
      position.text = query::fold(subject.native);
      break;
    case SortKey::name:
      position.text = query::fold(subject.name);
      break;
    case SortKey::kind:
      by(subject.kind_name);
      break;
    case SortKey::account:
      by(subject.account);
      break;
    case SortKey::region:
      by(subject.region);
      break;
    case SortKey::state:
      by(subject.state);
      break;
    case SortKey::owner:
      by(subject.owner);
      break;
    case SortKey::created:
      position.number = subject.created ? millis(*subject.created) : index::kNoTime;
      break;
    case SortKey::changed:
      position.number = millis(subject.changed);
      break;
    case SortKey::first_seen:
      position.number = millis(subject.first_seen);
      break;
  }
  return position;
}

bool Before::operator()(const Position& a, const Position& b) const {
  return index::before(a.place(), b.place(), index_key(order), order.descending);
}

std::string write_cursor(const Order& order, const Position& position) {
  return index::write_cursor(position.place(), index_key(order), order.descending);
}

Result<Position> read_cursor(const Order& order, const std::string& text) {
  TRY_ASSIGN(auto cursor, index::read_cursor(text, index_key(order), order.descending));
  const auto& place = cursor->place;
  return Position{place.nearness, std::move(cursor->major), std::move(cursor->text), place.number, place.resource};
}

}  // namespace cadastre::search
