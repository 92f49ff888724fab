#include "index/postings.h"

#include <roaring/roaring.h>

#include <algorithm>

namespace cadastre::index {
namespace {

constexpr size_t kSmall = 192;                  // rows that cost no more side by side than as a bitmap of their own
constexpr uint32_t kLarge = uint32_t{1} << 31;  // no row has this number

constexpr size_t kMany = 1024;  // rows that are looked up one by one slower than chunk by chunk

struct Free {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<roaring_bitmap_t, Free>;

// What a roaring bitmap is made of, chunk by chunk, since a flat set of bits takes a chunk faster than row by row.
template <typename Array, typename Dense, typename Runs>
void each_chunk(const roaring_bitmap_t* bitmap, Array&& array, Dense&& dense, Runs&& runs) {
  const auto& chunks = bitmap->high_low_container;
  for (int i = 0; i < chunks.size; ++i) {
    size_t base = static_cast<size_t>(chunks.keys[i]) << 16;
    const void* chunk = chunks.containers[i];
    switch (chunks.typecodes[i]) {
      case BITSET_CONTAINER_TYPE_CODE:
        dense(base, *static_cast<const bitset_container_t*>(chunk));
        break;
      case ARRAY_CONTAINER_TYPE_CODE:
        array(base, *static_cast<const array_container_t*>(chunk));
        break;
      case RUN_CONTAINER_TYPE_CODE:
        runs(base, *static_cast<const run_container_t*>(chunk));
        break;
      default:
        break;  // shared chunks come from copies on write, which are never made
    }
  }
}

size_t count_range(const Bits& bits, size_t from, size_t to) {
  size_t sum = 0;
  for (; from < to && from % 64 != 0; ++from) sum += bits.test(from);
  for (; from + 64 <= to; from += 64) sum += static_cast<size_t>(std::popcount(bits.words()[from / 64]));
  for (; from < to; ++from) sum += bits.test(from);
  return sum;
}

}  // namespace

struct Postings::Large {
  const roaring_bitmap_t* bitmap;
};

void Postings::Deleter::operator()(Large* large) const {
  roaring_bitmap_free(large->bitmap);
  delete large;
}

bool Postings::look() {
  size_t chunk = 0;
  large_.clear();
  large_.reserve(sizes_.size());
  for (auto size : sizes_) {
    auto chunks = (size + sizeof(Chunk) - 1) / sizeof(Chunk);
    if (chunks > frozen_.size() - chunk) return false;
    const auto* bitmap = roaring_bitmap_frozen_view(frozen_[chunk].bytes, size);
    if (!bitmap) return false;
    large_.emplace_back(new Large{bitmap});
    chunk += chunks;
  }
  return chunk == frozen_.size();
}

Lists inverted_lists(const Lists& values_of, size_t values) {
  Lists rows_of;
  rows_of.ends.assign(values + 1, 0);
  for (auto value : values_of.values) ++rows_of.ends[value + 1];
  for (size_t i = 1; i <= values; ++i) rows_of.ends[i] += rows_of.ends[i - 1];
  rows_of.values.resize(values_of.values.size());
  // ends[value] is where the next row of the value goes, and so in the end where its list ends.
  for (uint32_t row = 0; row < values_of.size(); ++row) {
    for (auto value : values_of[row]) rows_of.values[rows_of.ends[value]++] = row;
  }
  rows_of.ends.pop_back();
  return rows_of;
}

Postings::Postings(Lists rows_of) {
  lists_.ends.reserve(rows_of.size());
  size_t kept = 0;
  for (size_t i = 0; i < rows_of.size(); ++i) kept += rows_of[i].size() > kSmall ? 1 : rows_of[i].size();
  lists_.values.reserve(kept);
  std::vector<Bitmap> bitmaps;
  size_t chunks = 0;
  for (size_t i = 0; i < rows_of.size(); ++i) {
    auto rows = rows_of[i];
    if (rows.size() <= kSmall) {
      lists_.values.insert(lists_.values.end(), rows.begin(), rows.end());
    } else {
      lists_.values.push_back(kLarge | static_cast<uint32_t>(bitmaps.size()));
      auto* bitmap = bitmaps.emplace_back(roaring_bitmap_of_ptr(rows.size(), rows.data())).get();
      roaring_bitmap_run_optimize(bitmap);
      sizes_.push_back(static_cast<uint32_t>(roaring_bitmap_frozen_size_in_bytes(bitmap)));
      chunks += (sizes_.back() + sizeof(Chunk) - 1) / sizeof(Chunk);
    }
    lists_.end_list();
  }
  rows_of = {};
  frozen_.resize(chunks);
  size_t chunk = 0;
  for (size_t i = 0; i < bitmaps.size(); ++i) {
    roaring_bitmap_frozen_serialize(bitmaps[i].get(), frozen_[chunk].bytes);
    chunk += (sizes_[i] + sizeof(Chunk) - 1) / sizeof(Chunk);
    bitmaps[i].reset();
  }
  look();
}

Postings Postings::inverted(const Lists& values_of, size_t values) {
  return Postings(inverted_lists(values_of, values));
}

Postings Postings::of_column(std::span<const uint32_t> column, size_t values) {
  Lists rows_of;
  rows_of.ends.assign(values + 1, 0);
  for (auto value : column) ++rows_of.ends[value + 1];
  for (size_t i = 1; i <= values; ++i) rows_of.ends[i] += rows_of.ends[i - 1];
  rows_of.values.resize(column.size());
  for (uint32_t row = 0; row < column.size(); ++row) rows_of.values[rows_of.ends[column[row]]++] = row;
  rows_of.ends.pop_back();
  return Postings(std::move(rows_of));
}

const Postings::Large* Postings::large(uint32_t value) const {
  auto list = lists_[value];
  bool is_large = list.size() == 1 && list[0] & kLarge;
  return is_large ? large_[list[0] & ~kLarge].get() : nullptr;
}

size_t Postings::count_in(uint32_t value, const Bits* among) const {
  auto* of = large(value);
  if (!of) {
    auto list = lists_[value];
    return among ? static_cast<size_t>(std::ranges::count_if(list, [&](uint32_t row) { return among->test(row); }))
                 : list.size();
  }
  if (!among) return roaring_bitmap_get_cardinality(of->bitmap);
  size_t sum = 0;
  each_chunk(
      of->bitmap,
      [&](size_t base, const array_container_t& chunk) {
        for (int i = 0; i < chunk.cardinality; ++i) sum += among->test(base + chunk.array[i]);
      },
      [&](size_t base, const bitset_container_t& chunk) {
        const auto* words = among->words() + base / 64;
        size_t count = std::min<size_t>(1024, (among->size() - base + 63) / 64);
        for (size_t i = 0; i < count; ++i) sum += static_cast<size_t>(std::popcount(words[i] & chunk.array[i]));
      },
      [&](size_t base, const run_container_t& chunk) {
        for (int i = 0; i < chunk.n_runs; ++i)
          sum +=
              count_range(*among, base + chunk.runs[i].value, base + chunk.runs[i].value + chunk.runs[i].length + 1u);
      });
  return sum;
}

void Postings::add_to(Bits& bits, uint32_t value) const {
  auto* of = large(value);
  if (!of) {
    for (auto row : lists_[value]) bits.set(row);
    return;
  }
  each_chunk(
      of->bitmap,
      [&](size_t base, const array_container_t& chunk) {
        for (int i = 0; i < chunk.cardinality; ++i) bits.set(base + chunk.array[i]);
      },
      [&](size_t base, const bitset_container_t& chunk) {
        auto* words = bits.words() + base / 64;
        size_t count = std::min<size_t>(1024, (bits.size() - base + 63) / 64);
        for (size_t i = 0; i < count; ++i) words[i] |= chunk.array[i];
      },
      [&](size_t base, const run_container_t& chunk) {
        for (int i = 0; i < chunk.n_runs; ++i)
          bits.set_range(base + chunk.runs[i].value, base + chunk.runs[i].value + chunk.runs[i].length + 1u);
      });
}

std::span<const uint32_t> Postings::rows(uint32_t value, std::vector<uint32_t>& scratch) const {
  auto* of = large(value);
  if (!of) return lists_[value];
  scratch.resize(roaring_bitmap_get_cardinality(of->bitmap));
  roaring_bitmap_to_uint32_array(of->bitmap, scratch.data());
  return scratch;
}

std::vector<uint32_t> Postings::in_all(std::vector<uint32_t> values) const {
  std::ranges::sort(values, {}, [&](uint32_t value) { return count(value); });
  std::vector<uint32_t> found, scratch;
  size_t next = 1;
  if (values.size() > 1 && large(values[0])) {  // then the others are, too: as long as many are left, chunk by chunk
    Bitmap left(roaring_bitmap_and(large(values[0])->bitmap, large(values[1])->bitmap));
    for (next = 2; next < values.size() && roaring_bitmap_get_cardinality(left.get()) > kMany; ++next)
      roaring_bitmap_and_inplace(left.get(), large(values[next])->bitmap);
    found.resize(roaring_bitmap_get_cardinality(left.get()));
    roaring_bitmap_to_uint32_array(left.get(), found.data());
  } else {
    auto all = rows(values[0], scratch);
    found.assign(all.begin(), all.end());
  }
  for (; next < values.size() && !found.empty(); ++next) {
    if (auto* of = large(values[next])) {
      std::erase_if(found, [&](uint32_t row) { return !roaring_bitmap_contains(of->bitmap, row); });
    } else {
      auto list = lists_[values[next]];
      std::erase_if(found, [&](uint32_t row) { return !std::ranges::binary_search(list, row); });
    }
  }
  return found;
}

Lists Postings::values_of(size_t rows) const {
  Lists rows_of;
  std::vector<uint32_t> scratch;
  for (uint32_t value = 0; value < size(); ++value) {
    auto found = this->rows(value, scratch);
    rows_of.values.insert(rows_of.values.end(), found.begin(), found.end());
    rows_of.end_list();
  }
  return inverted_lists(rows_of, rows);
}

size_t Postings::bytes() const {
  size_t sum =
      (lists_.ends.capacity() + lists_.values.capacity()) * sizeof(uint32_t) + large_.capacity() * sizeof(void*);
  for (const auto& one : large_) {
    auto looks = static_cast<size_t>(one->bitmap->high_low_container.size) * 24 + sizeof(roaring_bitmap_t);
    sum += sizeof(Large) + 64 + looks;
  }
  sum += frozen_.capacity() * sizeof(Chunk) + sizes_.capacity() * sizeof(uint32_t);
  return sum;
}

}  // namespace cadastre::index
