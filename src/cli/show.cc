// cadastre show, cadastre history: one resource, and how it came to be what it is.
#include <ranges>

#include "base/text.h"
#include "cli/output.h"
#include "cli/read.h"
#include "search/json.h"

namespace cadastre::cli {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines facts_of(const search::Detail& detail, Time now) {
  const auto& row = detail.row;
  const auto& resource = row.resource;
  auto dated = [&](Time time) { return fmt::format("{} ({})", format_time(time), ago(time, now)); };
  Lines lines = {{"id", resource.id()},    {"name", resource.name},
                 {"arn", resource.arn},    {"account", fmt::format("{} ({})", resource.cell.account, row.account_name)},
                 {"owner", row.owner},     {"region", resource.region},
                 {"state", resource.state}};
  for (const auto& [key, value] : row.groups) lines.emplace_back("group " + key, value);
  if (resource.created) lines.emplace_back("created", format_time(*resource.created));
  lines.emplace_back("first seen", format_time(resource.first_seen));
  lines.emplace_back("changed", dated(resource.changed));
  if (resource.deleted) {
    lines.emplace_back("deleted", fmt::format("{} ({})", format_time(*resource.deleted), resource.deleted_cause));
  } else {
    lines.emplace_back("verified", resource.verified ? dated(*resource.verified) : "never");
  }
  if (row.stale && resource.unverified_since) {
    lines.emplace_back("stale",
                       fmt::format("since {}: the last collection of its cell ended as {}",
                                   format_time(*resource.unverified_since), store::to_string(resource.outcome)));
  }
  for (size_t i = 0; i < std::min(detail.columns.size(), row.columns.size()); ++i) {
    const auto& column = detail.columns[i];
    if (!row.columns[i].empty()) lines.emplace_back(lower(column.header), with_unit(row.columns[i], column.unit));
  }
  return lines;
}

void add_surroundings(const search::Detail& detail, Lines& lines) {
  for (const auto& [account, name] : detail.shared_with)
    lines.emplace_back("shared with", fmt::format("{} ({})", account, name));
  for (const auto& [gap, since] : detail.gaps)
    lines.emplace_back("not read", fmt::format("{} since {}: {}", gap.fragment, format_time(since), gap.message));
  for (const auto& relation : detail.relations) {
    auto text = relation.id;
    if (!relation.name.empty()) text += " " + relation.name;
    if (!relation.state.empty()) text += " (" + relation.state + ")";
    lines.emplace_back((relation.outgoing ? "→ " : "← ") + relation.kind, text);
  }
  lines.emplace_back("console", detail.console_url);
  lines.emplace_back("cli", detail.cli_command);
}

void print_lines(const Lines& lines) {
  size_t width = 0;
  for (const auto& [label, text] : lines) width = std::max(width, display_width(label));
  for (const auto& [label, text] : lines) {
    if (text.empty()) continue;
    print(bold(printable(label)) + std::string(width - display_width(label) + 2, ' ') + printable(text) + "\n");
  }
}

// Hostile text in a document stays data: JSON escapes what a terminal would obey, but for what is beyond ASCII.
std::string printable_lines(const std::string& text) {
  std::string out;
  for (auto line : split(text, '\n')) out += printable(line) + "\n";
  return out;
}

Result<int> show(Source& source, const ShowOptions& options) {
  TRY_ASSIGN(auto at, instant(options.at));
  TRY_ASSIGN(auto detail, source.detail(options.id, at));
  Pager pager;
  if (options.output.format == "json") {
    print(to_pretty_json(search::to_json(detail)) + "\n");
    return kOk;
  }
  auto lines = facts_of(detail, system_clock().now());
  add_surroundings(detail, lines);
  print_lines(lines);
  const auto& resource = detail.row.resource;
  auto tags = parse_json(resource.tags.empty() ? "{}" : resource.tags, "tags");
  if (tags && tags->is_object() && !tags->get_object().empty()) {
    print(bold("tags") + "\n");
    for (const auto& [key, value] : tags->get_object())
      print(printable(fmt::format("  {} = {}", std::string_view(key), scalar_text(value))) + "\n");
  }
  TRY_ASSIGN(auto document, parse_json(resource.document.empty() ? "{}" : resource.document, "the document"));
  print(bold("document") + "\n" + printable_lines(to_pretty_json(document)));
  return kOk;
}

Result<int> history(Source& source, const ShowOptions& options) {
  TRY_ASSIGN(auto versions, source.versions(options.id));
  Pager pager;
  if (options.output.format == "json") {
    json::array rows;
    for (const auto& version : versions) rows.push_back(search::to_json(version));
    print(to_pretty_json(rows) + "\n");
    return kOk;
  }
  // Newest first: the question is nearly always what happened last.
  for (const auto& row : versions | std::views::reverse) {
    print(bold(fmt::format("{}  {}", format_time(row.version.from), store::to_string(row.version.cause))) + "\n");
    for (const auto& difference : row.differences) print(difference_line(difference) + "\n");
  }
  return kOk;
}

int run(const GlobalOptions& global, const ShowOptions& options, Result<int> (*command)(Source&, const ShowOptions&)) {
  auto source = open_source(global);
  if (!source) return report_error(source.error(), global.verbose);
  auto code = command(**source, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace

int run_show(const GlobalOptions& global, const ShowOptions& options) { return run(global, options, show); }
int run_history(const GlobalOptions& global, const ShowOptions& options) { return run(global, options, history); }

}  // namespace cadastre::cli
