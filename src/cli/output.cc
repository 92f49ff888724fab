#include "cli/output.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/csv.h"
#include "base/text.h"
#include "cli/troubles.h"
#include "search/export.h"
#include "search/json.h"

namespace cadastre::cli {
namespace {

constexpr size_t kShown = 4;    // of a kind's own columns in a table: the rest is for wide, json, csv and `show`
constexpr size_t kWidest = 40;  // characters of a column's text in a table

// Cut between characters.
std::string shortened(const std::string& text) {
  if (display_width(text) <= kWidest) return text;
  size_t end = 0;
  for (size_t width = 0; end < text.size() && width < kWidest - 1; ++width) {
    do ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  }
  return text.substr(0, end) + "…";
}

std::string colour(const std::string& text, const char* code) {
  return colour_output() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

}  // namespace

Pager::Pager() {
  colour_output();  // is decided by the terminal, not by the pipe to come
  if (!::isatty(STDOUT_FILENO)) return;
  const char* named = std::getenv("PAGER");
  std::string command = named ? named : "less -FRX";
  if (command.empty() || command == "cat") return;
  int ends[2];
  if (::pipe(ends) != 0) return;
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execlp("sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[0]);
  if (child_ > 0) {
    std::fflush(stdout);
    terminal_ = ::dup(STDOUT_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
  }
  ::close(ends[1]);
}

Pager::~Pager() {
  if (terminal_ < 0) return;
  std::fflush(stdout);
  ::dup2(terminal_, STDOUT_FILENO);
  ::close(terminal_);
  int status = 0;
  ::waitpid(child_, &status, 0);
}

std::string with_unit(const std::string& text, catalog::Unit unit) {
  switch (unit) {
    case catalog::Unit::none:
    case catalog::Unit::count:
    case catalog::Unit::time:
      return text;
    case catalog::Unit::percent:
      return text + " %";
    case catalog::Unit::usd:
      return "$" + text;
    default:
      return text + " " + std::string(to_string(unit));
  }
}

std::string difference_line(const query::Difference& difference) {
  auto line = "  " + printable(query::describe(difference));
  if (!difference.before) return colour(line, "32");
  return difference.after ? line : colour(line, "31");
}

void RowPrinter::begin(const std::vector<catalog::Column>& columns) {
  columns_ = columns;
  if (format_ == "csv") print(csv_line(search::csv_header(columns)));
}

void RowPrinter::row(const search::Row& row) {
  if (format_ == "json") {
    print((std::exchange(first_, false) ? "[\n" : ",\n") + to_json(search::to_json(row, columns_)));
  } else if (format_ == "ndjson") {
    print(to_json(search::to_json(row, columns_)) + "\n");
  } else if (format_ == "csv") {
    print(csv_line(search::csv_row(row)));
  } else if (format_ == "ids") {
    print(printable(row.resource.id()) + "\n");
  } else {
    rows_.push_back(row);
  }
}

void RowPrinter::end() {
  if (format_ == "json") print(first_ ? "[]\n" : "\n]\n");
  if (!rows_.empty()) print_table();
}

void RowPrinter::print_table() const {
  bool wide = format_ == "wide";
  auto shown = wide ? columns_.size() : std::min(columns_.size(), kShown);
  const auto& first = rows_.front().resource.cell.kind;
  bool one_kind = std::ranges::all_of(rows_, [&](const auto& row) { return row.resource.cell.kind == first; });
  std::vector<std::string> headers;
  if (!one_kind) headers.emplace_back("kind");
  for (const char* header : {"id", "name", "account", "region", "state"}) headers.emplace_back(header);
  if (wide) headers.emplace_back("owner");
  for (size_t i = 0; i < shown; ++i) headers.push_back(lower(columns_[i].header));
  headers.emplace_back("verified");
  Table table(headers);
  auto now = system_clock().now();
  for (const auto& row : rows_) {
    const auto& resource = row.resource;
    std::vector<std::string> cells;
    if (!one_kind) cells.push_back(resource.cell.kind);
    auto add = [&](const std::string& text) { cells.push_back(wide ? text : shortened(text)); };
    cells.push_back(resource.native);
    add(resource.name);
    add(row.account_name);
    add(resource.region);
    add(resource.deleted ? "deleted" : resource.state);
    if (wide) add(row.owner);
    for (size_t i = 0; i < shown; ++i) add(i < row.columns.size() ? row.columns[i] : "");
    cells.push_back(resource.deleted ? "gone " + ago(resource.deleted, now)
                                     : ago(resource.verified, now) + (row.stale ? " (stale)" : ""));
    table.add(std::move(cells));
  }
  table.print();
}

void print_coverage(const search::Coverage& coverage, Time now) {
  auto say = [](const std::string& text) { std::fputs((printable(text) + "\n").c_str(), stderr); };
  if (coverage.cells == 0) return say("nothing of this was ever collected; run `cadastre collect`");
  if (coverage.complete == coverage.cells) {
    if (coverage.oldest && ::isatty(STDERR_FILENO))
      say(fmt::format("complete; the oldest part was verified {}", ago(coverage.oldest, now)));
    return;
  }
  say(fmt::format("{} of {} cells are not up to date:", coverage.cells - coverage.complete, coverage.cells));
  std::vector<TroubledCell> unread;
  for (const auto& cell : coverage.troubled) {
    unread.push_back({cell.key, cell.key.account, std::string(store::to_string(cell.outcome)), cell.code, cell.message,
                      cell.verified});
  }
  constexpr size_t kNamed = 3;
  auto troubles = group_troubles(unread);
  for (size_t i = 0; i < std::min(troubles.size(), kNamed); ++i)
    say("  " + headline(troubles[i], now) + ": " + troubles[i].message);
  if (troubles.size() > kNamed || coverage.troubled.size() < coverage.cells - coverage.complete)
    say("  and more; `cadastre status` has them all");
}

}  // namespace cadastre::cli
