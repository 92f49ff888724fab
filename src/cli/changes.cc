// cadastre changes, cadastre diff: what changed, everywhere or in what is named.
#include "base/text.h"
#include "cli/output.h"
#include "cli/read.h"
#include "search/json.h"

namespace cadastre::cli {
namespace {

std::string id_of(const store::Change& change) {
  return change.cell.kind + "/" + change.cell.account + "/" + change.cell.region + "/" + change.native;
}

// Page by page until there is no more, or `limit` (0: none) is reached. Returns whether more remain.
Result<bool> each_change(Source& source, search::ChangesRequest request, size_t limit,
                         const std::function<void(const search::ChangeRow&)>& visit) {
  constexpr size_t kPage = 200;
  size_t shown = 0;
  for (;;) {
    request.limit = limit == 0 ? kPage : std::min(kPage, limit - shown);
    TRY_ASSIGN(auto answer, source.changes(request));
    for (const auto& row : answer.rows) visit(row);
    shown += answer.rows.size();
    if (answer.next.empty()) return false;
    if (limit > 0 && shown >= limit) return true;
    request.cursor = std::move(answer.next);
  }
}

void print_change(const search::ChangeRow& row, const std::string& format, bool& first) {
  const auto& change = row.change;
  if (format == "json") {
    print((std::exchange(first, false) ? "[\n" : ",\n") + to_json(search::to_json(row)));
  } else if (format == "ndjson") {
    print(to_json(search::to_json(row)) + "\n");
  } else if (format == "ids") {
    print(printable(id_of(change)) + "\n");
  } else {
    auto name = change.name.empty() || change.name == change.native ? "" : "  " + change.name;
    print(bold(fmt::format("{}  {:<8}", format_time(change.version.from), store::to_string(change.version.cause))) +
          printable(fmt::format("  {}{}  ({})", id_of(change), name, row.account_name)) + "\n");
    for (const auto& difference : row.differences) print(difference_line(difference) + "\n");
  }
}

Result<int> changes(Source& source, const ChangesOptions& options) {
  const auto& format = options.output.format;
  search::ChangesRequest request;
  request.q = join(options.query, " ");
  request.differences = !options.brief && format != "ids";
  TRY_ASSIGN(request.since, instant(options.since));
  TRY_ASSIGN(request.until, instant(options.until));
  bool first = true, more = false;
  size_t shown = 0;
  {
    Pager pager;
    TRY_ASSIGN(more, each_change(source, request, options.limit, [&](const search::ChangeRow& row) {
                 print_change(row, format, first);
                 ++shown;
               }));
    if (format == "json") print(first ? "[]\n" : "\n]\n");
  }
  if (shown == 0 && format == "table") std::fputs("nothing changed\n", stderr);
  if (more) std::fputs(fmt::format("the newest {} are shown; --limit 0 shows all\n", shown).c_str(), stderr);
  return kOk;
}

void print_diff(const std::string& id, const search::Reader::Diff& diff, const DiffOptions& options) {
  if (options.unified) {
    for (auto line : split(std::string_view(diff.unified).substr(0, diff.unified.size() - 1), '\n')) {
      if (!diff.unified.empty()) print(printable(line) + "\n");
    }
    return;
  }
  auto what = !diff.before ? "was opened" : !diff.after ? "is gone" : diff.differences.empty() ? "is the same" : "";
  print(bold(printable(id)) + (*what ? fmt::format("  {}", what) : "") + "\n");
  for (const auto& difference : diff.differences) print(difference_line(difference) + "\n");
}

// An id is one word that a resource answers to; all else is a query.
Result<std::vector<std::string>> what_differs(Source& source, const DiffOptions& options, Time from, Time to) {
  if (options.what.size() == 1) {
    auto found = source.detail(options.what[0], std::nullopt);
    if (found) return std::vector{found->row.resource.id()};
    if (found.error().code != ErrorCode::not_found) return std::unexpected(std::move(found).error());
  }
  search::ChangesRequest request;
  request.q = join(options.what, " ");
  request.since = from;
  request.until = to;
  request.differences = false;
  std::vector<std::string> ids;
  std::set<std::string> seen;
  TRY(each_change(source, request, 0, [&](const search::ChangeRow& row) {
    if (auto id = id_of(row.change); seen.insert(id).second) ids.push_back(id);
  }));
  std::ranges::sort(ids);
  return ids;
}

Result<int> diff(Source& source, const DiffOptions& options) {
  TRY_ASSIGN(auto from, instant(options.from));
  TRY_ASSIGN(auto until, instant(options.to));
  if (!from) return fail(ErrorCode::invalid, "--from is missing: the earlier of the two times, for example --from -1d");
  auto to = until.value_or(system_clock().now());
  TRY_ASSIGN(auto ids, what_differs(source, options, *from, to));
  Pager pager;
  json::array rows;
  for (const auto& id : ids) {
    auto diff = source.diff(id, *from, to);
    // Opened and closed again in between: at neither time it was there.
    bool neither = !diff && (diff.error().code == ErrorCode::gone || diff.error().code == ErrorCode::not_found);
    if (neither && ids.size() > 1) continue;
    if (!diff) return std::unexpected(std::move(diff).error());
    if (options.output.format == "json") {
      auto row = search::to_json(*diff);
      row["id"] = id;
      rows.push_back(std::move(row));
    } else {
      print_diff(id, *diff, options);
    }
  }
  if (options.output.format == "json") print(to_pretty_json(rows) + "\n");
  if (ids.empty()) std::fputs("nothing that matches changed between these times\n", stderr);
  return kOk;
}

template <typename Options>
int run(const GlobalOptions& global, const Options& options, Result<int> (*command)(Source&, const Options&)) {
  auto source = open_source(global);
  if (!source) return report_error(source.error(), global.verbose);
  auto code = command(**source, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace

int run_changes(const GlobalOptions& global, const ChangesOptions& options) { return run(global, options, changes); }
int run_diff(const GlobalOptions& global, const DiffOptions& options) { return run(global, options, diff); }

}  // namespace cadastre::cli
