#include "search/unified.h"

#include "base/text.h"

namespace cadastre::search {
namespace {

constexpr size_t kContext = 3;
constexpr long kMostEdits = 2'000;  // memory grows with its square: 16 MB

using Lines = std::vector<std::string_view>;

// Without the newlines; a last line that has none is marked as diff marks it.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    auto end = text.find('\n');
    lines.push_back(text.substr(0, end == text.npos ? end : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

struct Edit {
  char sign;             // ' ', '-', '+'
  size_t before, after;  // the line's number in either text, or where it would stand
};

// Lines [a, a_end) of one text against [b, b_end) of the other.
class Myers {
 public:
  Myers(const Lines& a, const Lines& b, size_t begin, size_t a_end, size_t b_end)
      : a_(a), b_(b), begin_(begin), n_(static_cast<long>(a_end - begin)), m_(static_cast<long>(b_end - begin)) {}

  std::vector<Edit> run() {
    auto most = std::min(n_ + m_, kMostEdits);
    std::vector<long> furthest(static_cast<size_t>(2 * most + 3), 0);
    auto at = [&](std::vector<long>& row, long k) -> long& { return row[static_cast<size_t>(k + most + 1)]; };
    std::vector<std::vector<long>> trace;
    for (long d = 0; d <= most; ++d) {
      trace.emplace_back(furthest.begin() + (most - d), furthest.begin() + (most + d + 3));
      for (long k = -d; k <= d; k += 2) {
        bool down = k == -d || (k != d && at(furthest, k - 1) < at(furthest, k + 1));
        long x = down ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
        while (x < n_ && x - k < m_ && same(x, x - k)) ++x;
        at(furthest, k) = x;
        if (x >= n_ && x - k >= m_) return walk_back(trace, d);
      }
    }
    return replace_all();
  }

 private:
  bool same(long x, long y) const { return a_[begin_ + static_cast<size_t>(x)] == b_[begin_ + static_cast<size_t>(y)]; }
  Edit edit(char sign, long x, long y) const {
    return {sign, begin_ + static_cast<size_t>(x), begin_ + static_cast<size_t>(y)};
  }

  std::vector<Edit> walk_back(const std::vector<std::vector<long>>& trace, long d) const {
    std::vector<Edit> edits;
    long x = n_, y = m_;
    for (; d >= 0; --d) {
      const auto& row = trace[static_cast<size_t>(d)];  // diagonals -d-1 … d+1
      auto at = [&](long k) { return row[static_cast<size_t>(k + d + 1)]; };
      long k = x - y;
      bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
      long from = down ? k + 1 : k - 1;
      long x0 = d == 0 ? 0 : at(from), y0 = d == 0 ? 0 : x0 - from;
      while (x > x0 && y > y0 && (d == 0 || x > (down ? x0 : x0 + 1))) edits.push_back(edit(' ', --x, --y));
      if (d == 0) break;
      if (down)
        edits.push_back(edit('+', x, --y));
      else
        edits.push_back(edit('-', --x, y));
    }
    std::ranges::reverse(edits);
    return edits;
  }

  std::vector<Edit> replace_all() const {
    std::vector<Edit> edits;
    for (long x = 0; x < n_; ++x) edits.push_back(edit('-', x, 0));
    for (long y = 0; y < m_; ++y) edits.push_back(edit('+', n_, y));
    return edits;
  }

  const Lines& a_;
  const Lines& b_;
  size_t begin_;
  long n_, m_;
};

// Removed before added, wherever they stand beside each other.
void group(std::vector<Edit>& edits) {
  for (auto at = edits.begin(); at != edits.end();) {
    auto end = std::find_if(at, edits.end(), [](const Edit& edit) { return edit.sign == ' '; });
    auto added = std::stable_partition(at, end, [](const Edit& edit) { return edit.sign == '-'; });
    for (auto edit = at; edit != added; ++edit) edit->after = at->after;
    for (auto edit = added; edit != end; ++edit) edit->before = end == edits.end() ? edit->before : end->before;
    at = end == edits.end() ? end : std::next(end);
  }
}

std::string range(size_t first, size_t count) {
  if (count == 0) return fmt::format("{},0", first);
  return count == 1 ? fmt::format("{}", first + 1) : fmt::format("{},{}", first + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name) {
  if (before == after) return {};
  auto a = lines_of(before), b = lines_of(after);
  size_t head = 0, tail = 0;
  while (head < std::min(a.size(), b.size()) && a[head] == b[head]) ++head;
  while (tail < std::min(a.size(), b.size()) - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::vector<Edit> edits;
  for (size_t i = head - std::min(head, kContext); i < head; ++i) edits.push_back({' ', i, i});
  std::ranges::move(Myers(a, b, head, a.size() - tail, b.size() - tail).run(), std::back_inserter(edits));
  for (size_t i = 0; i < std::min(tail, kContext); ++i)
    edits.push_back({' ', a.size() - tail + i, b.size() - tail + i});
  group(edits);

  auto text = fmt::format("--- {}\n+++ {}\n", before_name, after_name);
  auto changed = [](const Edit& edit) { return edit.sign != ' '; };
  for (auto at = std::find_if(edits.begin(), edits.end(), changed); at != edits.end();) {
    // A hunk goes on while changes are at most two contexts apart.
    auto start = at - std::min<ptrdiff_t>(at - edits.begin(), kContext), last = at, next = at;
    for (; next != edits.end(); next = std::find_if(std::next(last), edits.end(), changed)) {
      if (next - last > static_cast<ptrdiff_t>(2 * kContext + 1)) break;
      last = next;
    }
    auto end = last + std::min<ptrdiff_t>(edits.end() - last, kContext + 1);
    auto removed = static_cast<size_t>(std::count_if(start, end, [](const Edit& edit) { return edit.sign != '+'; }));
    auto added = static_cast<size_t>(std::count_if(start, end, [](const Edit& edit) { return edit.sign != '-'; }));
    text += fmt::format("@@ -{} +{} @@\n", range(start->before, removed), range(start->after, added));
    for (auto edit = start; edit != end; ++edit) {
      auto line = edit->sign == '+' ? b[edit->after] : a[edit->before];
      text += edit->sign;
      text += line;
      if (!line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
    }
    at = next;
  }
  return text;
}

}  // namespace cadastre::search
