#include "index/facets.h"

#include "base/text.h"

namespace cadastre::index {
namespace {

const Dictionary& dictionary_of(const Segment& segment, FacetKey key) {
  switch (key) {
    case FacetKey::account:
      return segment.accounts;
    case FacetKey::region:
      return segment.regions;
    case FacetKey::cluster:
      return segment.clusters;
    case FacetKey::space:
      return segment.spaces;
    case FacetKey::state:
      return segment.states;
    case FacetKey::owner:
      return segment.owners;
    default:
      return segment.kinds;
  }
}

std::string_view service_of(std::string_view kind) {
  auto parts = split(kind, '.');
  return parts.size() > 1 ? parts[1] : std::string_view();
}

std::pair<uint32_t, uint32_t> tags_of_key(const Segment& segment, std::string_view name) {
  auto key = segment.tag_keys.find(name);
  if (!key) return {0, 0};
  return {*key == 0 ? 0 : segment.tags_end[*key - 1], segment.tags_end[*key]};
}

std::optional<uint32_t> tag_number(const Segment& segment, std::string_view name, std::string_view value) {
  auto [first, last] = tags_of_key(segment, name);
  auto begin = segment.tags.begin() + first, end = segment.tags.begin() + last;
  auto folded = segment.texts.find(query::fold(value)), exact = segment.texts.find(value);
  if (exact == segment.texts.size()) return std::nullopt;
  auto at = std::lower_bound(begin, end, Tag{0, exact, folded}, [](const Tag& a, const Tag& b) {
    return std::tie(a.folded, a.value) < std::tie(b.folded, b.value);
  });
  if (at == end || at->value != exact) return std::nullopt;
  return static_cast<uint32_t>(at - segment.tags.begin());
}

// Calls visit(value) for each row and each of its values from `first` to before `last`.
template <typename Visit>
void each_value(const Segment& segment, FacetKey key, uint32_t first, uint32_t last, const Bits& rows, Visit&& visit) {
  auto each = [&](auto&& visit_row) {
    rows.each([&](uint32_t row) {
      visit_row(row);
      return true;
    });
  };
  auto cells = [&](const std::vector<uint32_t>& of_cell) {
    each([&](uint32_t row) { visit(of_cell[segment.cell[row]]); });
  };
  auto column = [&](const std::vector<uint32_t>& of_row) { each([&](uint32_t row) { visit(of_row[row]); }); };
  switch (key) {
    case FacetKey::kind:
    case FacetKey::service:
      return cells(segment.kind_of_cell);
    case FacetKey::account:
      return cells(segment.account_of_cell);
    case FacetKey::cluster:
      return cells(segment.cluster_of_cell);
    case FacetKey::region:
      return column(segment.region);
    case FacetKey::space:
      return column(segment.space);
    case FacetKey::state:
      return column(segment.state);
    case FacetKey::owner:
      return column(segment.owner);
    case FacetKey::tag:
      return each([&](uint32_t row) {
        for (auto tag : segment.tags_of[row]) {
          if (tag >= first && tag < last) visit(tag);
        }
      });
  }
}

// Rows can be looked at one by one, or each value's rows be counted: what one row costs, of what a bitmap takes for
// each row of the segment, and what one value adds. A value is noted by itself when there are so many more values than
// rows.
constexpr size_t kRowCost = 4, kValueCost = 8, kSparse = 16;

}  // namespace

Bits rows_with(const Segment& segment, const Filter& filter) {
  Bits rows(segment.rows());
  auto wanted = [&](std::string_view value) { return std::ranges::find(filter.values, value) != filter.values.end(); };
  if (filter.key == FacetKey::tag) {
    for (const auto& value : filter.values) {
      if (auto tag = tag_number(segment, filter.name, value)) segment.tag_rows.add_to(rows, *tag);
    }
    return rows;
  }
  const auto& dictionary = dictionary_of(segment, filter.key);
  for (uint32_t i = 0; i < dictionary.names.size(); ++i) {
    if (wanted(filter.key == FacetKey::service ? service_of(dictionary.names[i]) : dictionary.names[i]))
      dictionary.rows.add_to(rows, i);
  }
  return rows;
}

FacetCount::FacetCount(FacetKey key, std::string name, std::string prefix)
    : key_(key), name_(std::move(name)), prefix_(query::fold(prefix)) {}

FacetCount::Named FacetCount::named(const Segment& segment, const Counts::value_type& one) const {
  auto [number, count] = one;
  if (key_ == FacetKey::tag) {
    const auto& tag = segment.tags[number];
    return {segment.texts[tag.folded], segment.texts[tag.value], count};
  }
  std::string_view name = dictionary_of(segment, key_).names[number];
  if (key_ == FacetKey::service) name = service_of(name);
  return {name, name, count};
}

FacetCount::Counts FacetCount::count(const Segment& segment, const Bits& rows) const {
  bool tags = key_ == FacetKey::tag;
  const auto& postings = tags ? segment.tag_rows : dictionary_of(segment, key_).rows;
  auto [first, last] =
      tags ? tags_of_key(segment, name_) : std::pair(uint32_t{0}, static_cast<uint32_t>(postings.size()));
  auto number = rows.count();
  Counts counts;
  if (first == last || number == 0) return counts;
  if (number * kRowCost > segment.rows() + (last - first) * kValueCost) {
    for (auto value = first; value < last; ++value) {
      if (auto count = postings.count(value, rows)) counts.emplace_back(value, count);
    }
  } else if (number * kSparse < last - first) {
    std::vector<uint32_t> found;
    each_value(segment, key_, first, last, rows, [&](uint32_t value) { found.push_back(value); });
    std::ranges::sort(found);
    for (auto value : found) {
      if (counts.empty() || counts.back().first != value) counts.emplace_back(value, 0);
      ++counts.back().second;
    }
  } else {
    std::vector<uint32_t> sums(last - first);
    each_value(segment, key_, first, last, rows, [&](uint32_t value) { ++sums[value - first]; });
    for (auto value = first; value < last; ++value) {
      if (sums[value - first]) counts.emplace_back(value, sums[value - first]);
    }
  }
  // What a row lacks is no value of it; a tag may be empty.
  if (!tags) std::erase_if(counts, [&](const auto& one) { return named(segment, one).value.empty(); });
  return counts;
}

void FacetCount::add(const Segment& segment, const Bits& rows) {
  auto counts = count(segment, rows);
  if (!prefix_.empty()) {
    std::erase_if(counts,
                  [&](const auto& one) { return !query::fold(named(segment, one).value).starts_with(prefix_); });
  }
  if (counts.empty()) return;
  // Several kinds are of one service, so its numbers say nothing.
  if (first_ || key_ == FacetKey::service) return merge(segment, counts);
  first_ = &segment;
  counts_ = std::move(counts);
}

// Both come in order: from one value to the next it is a step, or a few that grow.
void FacetCount::merge(const Segment& segment, const Counts& counts) {
  std::vector<Named> lacking;
  auto at = counts_.begin();
  for (const auto& each : counts) {
    auto one = named(segment, each);
    auto less = [&](const Counts::value_type& known) { return named(*first_, known) < one; };
    ptrdiff_t step = 1;
    for (; step < counts_.end() - at && less(at[step]); step *= 2) at += step + 1;
    at = std::partition_point(at, at + std::min(step + 1, counts_.end() - at), less);
    if (at != counts_.end() && named(*first_, *at).value == one.value)
      at->second += one.count;
    else
      lacking.push_back(one);
  }
  if (key_ == FacetKey::service) std::sort(lacking.begin(), lacking.end());
  auto middle = static_cast<ptrdiff_t>(others_.size());
  others_.insert(others_.end(), lacking.begin(), lacking.end());
  std::inplace_merge(others_.begin(), others_.begin() + middle, others_.end());
  // Of what is there twice, one with the sum.
  auto end = others_.begin();
  for (auto next = others_.begin(); next != others_.end(); ++next) {
    if (end != others_.begin() && end[-1].value == next->value)
      end[-1].count += next->count;
    else
      *end++ = *next;
  }
  others_.erase(end, others_.end());
}

Facet FacetCount::take(size_t limit) {
  Facet facet{key_, name_, {}, counts_.size() + others_.size()};
  auto place = [&](uint32_t value) { return key_ == FacetKey::tag ? first_->tags[value].value : value; };
  auto end = counts_.begin() + static_cast<ptrdiff_t>(std::min(limit, counts_.size()));
  std::partial_sort(counts_.begin(), end, counts_.end(), [&](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : place(a.first) < place(b.first);
  });
  for (auto at = counts_.begin(); at != end; ++at) others_.push_back(named(*first_, *at));
  auto last = others_.begin() + static_cast<ptrdiff_t>(std::min(limit, others_.size()));
  std::partial_sort(others_.begin(), last, others_.end(), [](const Named& a, const Named& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  for (auto at = others_.begin(); at != last; ++at) facet.values.push_back({std::string(at->value), at->count});
  return facet;
}

void count_tag_keys(const Segment& segment, const Bits& rows, std::map<std::string, uint64_t>& counts) {
  for (uint32_t key = 0; key < segment.tag_keys.names.size(); ++key) {
    auto count = segment.tag_keys.rows.count(key, rows);
    if (count > 0) counts[segment.tag_keys.names[key]] += count;
  }
}

}  // namespace cadastre::index
