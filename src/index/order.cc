#include "index/order.h"

#include "base/text.h"

namespace cadastre::index {
namespace {

// A row's place among those of its segment.
struct Key {
  uint64_t number = 0;
  int64_t resource = 0;
  uint32_t row = 0;
};

uint64_t biased(int64_t number) {
  return static_cast<uint64_t>(number) ^ uint64_t { 1 } << 63;
}

const Dictionary* dictionary_of(const Segment& segment, SortKey sort) {
  switch (sort) {
    case SortKey::kind:
      return &segment.kinds;
    case SortKey::account:
      return &segment.accounts;
    case SortKey::region:
      return &segment.regions;
    case SortKey::state:
      return &segment.states;
    case SortKey::owner:
      return &segment.owners;
    default:
      return nullptr;
  }
}

uint32_t major_of(const Segment& segment, uint32_t row, SortKey sort) {
  switch (sort) {
    case SortKey::kind:
    case SortKey::relevance:
      return segment.kind_of_cell[segment.cell[row]];
    case SortKey::account:
      return segment.account_of_cell[segment.cell[row]];
    case SortKey::region:
      return segment.region[row];
    case SortKey::state:
      return segment.state[row];
    default:
      return segment.owner[row];
  }
}

const std::vector<int64_t>* times_of(const Segment& segment, SortKey sort) {
  switch (sort) {
    case SortKey::created:
      return &segment.created;
    case SortKey::changed:
      return &segment.changed;
    case SortKey::first_seen:
      return &segment.first_seen;
    default:
      return nullptr;
  }
}

uint64_t number_of(const Segment& segment, uint32_t row, SortKey sort) {
  if (sort == SortKey::id) return segment.native[row];
  if (sort == SortKey::name) return segment.name[row];
  if (auto* times = times_of(segment, sort)) return biased((*times)[row]);
  return uint64_t{major_of(segment, row, sort)} << 32 | segment.name[row];
}

// Where a cursor's place falls among a segment's keys: those from `number` on come after it, but when `exact` those
// equal to it only by their resource.
struct Bound {
  uint64_t number = 0;
  bool exact = true;
};

Bound bound_of(const Segment& segment, const Place& place, SortKey sort) {
  if (times_of(segment, sort)) return {biased(place.number), true};
  auto text = segment.texts.lower_bound(place.text);
  bool known_text = text < segment.texts.size() && segment.texts[text] == place.text;
  auto* dictionary = dictionary_of(segment, sort);
  if (!dictionary) return {text, known_text};
  auto at = std::ranges::lower_bound(dictionary->names, place.major);
  auto major = static_cast<uint64_t>(at - dictionary->names.begin());
  if (at == dictionary->names.end() || *at != place.major) return {major << 32, false};
  return {major << 32 | text, known_text};
}

std::vector<Hit> by_relevance(const Segment& segment, const Ranked& ranked, const Bits& rows, const Cursor* after,
                              size_t count) {
  std::vector<Hit> hits;
  size_t first_level = 0, first_row = 0;
  if (after) {
    first_level = after->place.nearness;
    // Rows are numbered in this very order.
    size_t low = 0, high = segment.rows();
    while (low < high) {
      size_t middle = (low + high) / 2;
      auto place = place_of({&segment, static_cast<uint32_t>(middle), after->place.nearness}, SortKey::relevance);
      if (before(after->place, place, SortKey::relevance, false))
        high = middle;
      else
        low = middle + 1;
    }
    first_row = low;
  }
  for (size_t level = first_level; level < ranked.within.size() && hits.size() < count; ++level) {
    auto here = [&](size_t word) {
      auto bits = rows.words()[word] & ranked.within[level].words()[word];
      return level > 0 ? bits & ~ranked.within[level - 1].words()[word] : bits;
    };
    size_t from = level == first_level ? first_row : 0;
    Bits::each_bit(rows.size(), here, from, [&](uint32_t row) {
      hits.push_back({&segment, row, level});
      return hits.size() < count;
    });
  }
  return hits;
}

}  // namespace

Place place_of(const Hit& hit, SortKey sort) {
  const auto& segment = *hit.segment;
  Place place;
  place.resource = segment.resource[hit.row];
  if (sort == SortKey::relevance) {
    place.nearness = hit.nearness;
    place.major = segment.kinds.names[segment.kind_of_cell[segment.cell[hit.row]]];
    place.text = segment.texts[segment.name[hit.row]];
    place.number = -segment.changed[hit.row];
  } else if (auto* times = times_of(segment, sort)) {
    place.number = (*times)[hit.row];
  } else {
    place.text = segment.texts[sort == SortKey::id ? segment.native[hit.row] : segment.name[hit.row]];
    if (auto* dictionary = dictionary_of(segment, sort))
      place.major = dictionary->names[major_of(segment, hit.row, sort)];
  }
  return place;
}

bool before(const Place& a, const Place& b, SortKey sort, bool descending) {
  if (sort == SortKey::relevance) {
    if (a.nearness != b.nearness) return a.nearness < b.nearness;
    if (a.major != b.major) {
      auto weight = query::kind_weight(a.major), other = query::kind_weight(b.major);
      return weight != other ? weight < other : a.major < b.major;
    }
  } else if (descending) {
    return before(b, a, sort, false);
  }
  return std::tie(a.major, a.text, a.number, a.resource) < std::tie(b.major, b.text, b.number, b.resource);
}

std::string write_cursor(const Place& place, SortKey sort, bool descending) {
  json::array parts{
      static_cast<int64_t>(sort), descending, place.nearness, place.major, place.text, place.number, place.resource};
  // Of base64 for addresses: a cursor travels in one.
  return replace_all(replace_all(to_base64(to_json(parts)), "+", "-"), "/", "_");
}

Result<std::unique_ptr<Cursor>> read_cursor(const std::string& text, SortKey sort, bool descending) {
  auto bad = fail(ErrorCode::invalid, "the cursor is none of this list's; ask for the first page again");
  auto bytes = from_base64(replace_all(replace_all(text, "-", "+"), "_", "/"));
  if (!bytes) return bad;
  auto value = parse_json(*bytes, "a cursor");
  auto* parts = value ? value->if_array() : nullptr;
  if (!parts || parts->size() != 7) return bad;
  auto number = [&](size_t at) { return (*parts)[at].if_int64(); };
  bool whole = number(0) && (*parts)[1].is_bool() && number(2) && (*parts)[3].is_string() && (*parts)[4].is_string() &&
               number(5) && number(6);
  if (!whole || *number(0) != static_cast<int64_t>(sort) || (*parts)[1].get_bool() != descending) return bad;
  if (*number(2) < 0 || *number(2) >= static_cast<int64_t>(query::kNearnesses)) return bad;
  auto cursor = std::make_unique<Cursor>();
  cursor->major = std::string_view((*parts)[3].get_string());
  cursor->text = std::string_view((*parts)[4].get_string());
  cursor->place = {static_cast<size_t>(*number(2)), cursor->major, cursor->text, *number(5), *number(6)};
  return cursor;
}

std::vector<Hit> first_rows(const Segment& segment, const Ranked& ranked, const Bits& rows, SortKey sort,
                            bool descending, const Cursor* after, size_t count) {
  if (sort == SortKey::relevance) return by_relevance(segment, ranked, rows, after, count);
  auto earlier = [&](const Key& a, const Key& b) {
    if (descending) return std::tie(b.number, b.resource) < std::tie(a.number, a.resource);
    return std::tie(a.number, a.resource) < std::tie(b.number, b.resource);
  };
  Bound bound;
  if (after) bound = bound_of(segment, after->place, sort);
  auto comes_after = [&](const Key& key) {
    if (key.number != bound.number) return descending ? key.number < bound.number : key.number > bound.number;
    if (!bound.exact) return !descending;
    return descending ? key.resource < after->place.resource : key.resource > after->place.resource;
  };
  // A heap would do; cutting a pile back to size now and then is faster.
  std::vector<Key> best;
  std::optional<Key> worst;
  size_t most = count * 2 + 1024;
  auto cut = [&] {
    if (best.size() <= count) return;
    auto end = best.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(best.begin(), end - 1, best.end(), earlier);
    best.erase(end, best.end());
    worst = best.back();
  };
  if (count > 0) {
    rows.each([&](uint32_t row) {
      Key key{number_of(segment, row, sort), segment.resource[row], row};
      if (after && !comes_after(key)) return true;
      if (worst && !earlier(key, *worst)) return true;
      best.push_back(key);
      if (best.size() >= most) cut();
      return true;
    });
    cut();
  }
  std::ranges::sort(best, earlier);
  std::vector<Hit> hits;
  hits.reserve(best.size());
  for (const auto& key : best) hits.push_back({&segment, key.row, 0});
  return hits;
}

}  // namespace cadastre::index
