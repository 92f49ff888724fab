// cadastre find, show, history: answers from the store.
#include <unistd.h>

#include "base/text.h"
#include "cli/app.h"
#include "query/diff.h"
#include "query/evaluate.h"
#include "query/parser.h"

namespace cadastre::cli {
namespace {

struct Facts {
  std::vector<store::AccountRow> accounts;
  std::vector<store::Cell> cells;
};

Result<Facts> read_facts(store::Store& store) {
  Facts facts;
  TRY_ASSIGN(facts.accounts, store.cells().accounts());
  TRY_ASSIGN(facts.cells, store.cells().list());
  return facts;
}

Result<std::optional<Time>> instant(const std::string& text, Clock& clock) {
  if (text.empty()) return std::nullopt;
  TRY_ASSIGN(auto at, parse_time(text, clock.now()));
  return at;
}

catalog::Context context_of(const store::Resource& resource, const aws::Endpoints& endpoints) {
  return {resource.cell.account, resource.region, std::string(endpoints.partition(resource.region))};
}

// At an instant, name, state and tags are read off the document of then.
void project(store::Resource& resource, const App& app) {
  auto* kind = app.catalog.find(resource.cell.kind);
  auto document = parse_json(resource.document, "a stored document");
  if (!kind || !document) return;
  auto row = catalog::read_row(*kind, *document, context_of(resource, app.models.endpoints()));
  resource.name = row.name;
  resource.state = row.state;
  json::object tags;
  for (auto& [key, value] : row.tags) tags[key] = value;
  resource.tags = to_json(tags);
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

// RFC 4180; a text that a spreadsheet would take for a formula is led by a quote.
std::string csv_field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  return "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

bool is_stale(const store::Resource& resource) { return resource.unverified_since.has_value() && !resource.deleted; }

// When all rows are of one kind, its own columns are shown too, as many as fit.
std::vector<const catalog::Column*> shown_columns(const App& app, const std::vector<store::Resource>& rows) {
  std::vector<const catalog::Column*> columns;
  if (rows.empty()) return columns;
  bool one_kind = std::ranges::all_of(rows, [&](const auto& row) { return row.cell.kind == rows.front().cell.kind; });
  auto* kind = one_kind ? app.catalog.find(rows.front().cell.kind) : nullptr;
  if (!kind) return columns;
  for (const auto& column : kind->columns) columns.push_back(&column);
  return columns;
}

std::vector<std::string> base_row(const store::Resource& resource, const Facts& facts) {
  return {resource.native, resource.name, account_name(resource.cell.account, facts.accounts), resource.region,
          resource.deleted ? "deleted" : resource.state};
}

std::vector<std::string> column_texts(const App& app, const store::Resource& resource,
                                      const std::vector<const catalog::Column*>& columns) {
  std::vector<std::string> texts;
  auto* kind = app.catalog.find(resource.cell.kind);
  auto document = parse_json(resource.document, "a stored document");
  for (auto* column : columns) {
    texts.push_back(kind && document
                        ? catalog::column_text(*kind, *column, *document, context_of(resource, app.models.endpoints()))
                        : "");
  }
  return texts;
}

void print_table(const App& app, const std::vector<store::Resource>& rows, const Facts& facts) {
  auto columns = shown_columns(app, rows);
  bool one_kind = !columns.empty();
  constexpr size_t kShown = 4;  // of the kind's own columns: the rest is for `show`, json and csv
  if (columns.size() > kShown) columns.resize(kShown);
  std::vector<std::string> headers;
  if (!one_kind) headers.push_back("kind");
  for (const char* header : {"id", "name", "account", "region", "state"}) headers.emplace_back(header);
  for (auto* column : columns) headers.push_back(lower(column->header));
  headers.emplace_back("verified");
  Table table(headers);
  auto now = app.clock.now();
  for (const auto& resource : rows) {
    auto cells = base_row(resource, facts);
    if (!one_kind) cells.insert(cells.begin(), resource.cell.kind);
    for (auto& text : column_texts(app, resource, columns)) {
      constexpr size_t kWidest = 40;
      if (text.size() > kWidest) text = text.substr(0, kWidest - 1) + "…";
      cells.push_back(std::move(text));
    }
    cells.push_back(resource.deleted ? "gone " + ago(resource.deleted, now)
                                     : ago(resource.verified, now) + (is_stale(resource) ? " (stale)" : ""));
    table.add(std::move(cells));
  }
  table.print();
}

void print_csv(const App& app, const std::vector<store::Resource>& rows, const Facts& facts) {
  auto columns = shown_columns(app, rows);
  std::vector<std::string> headers = {"kind",   "id",    "name", "account",    "account_name",
                                      "region", "state", "arn",  "first_seen", "changed_at"};
  for (auto* column : columns) headers.push_back(column->header);
  auto line = [](const std::vector<std::string>& fields) {
    std::vector<std::string> quoted;
    for (const auto& field : fields) quoted.push_back(csv_field(field));
    print(join(quoted, ",") + "\r\n");
  };
  line(headers);
  for (const auto& resource : rows) {
    std::vector<std::string> fields = {resource.cell.kind,
                                       resource.native,
                                       resource.name,
                                       resource.cell.account,
                                       account_name(resource.cell.account, facts.accounts),
                                       resource.region,
                                       resource.state,
                                       resource.arn,
                                       format_time(resource.first_seen),
                                       format_time(resource.changed)};
    for (auto& text : column_texts(app, resource, columns)) fields.push_back(std::move(text));
    line(fields);
  }
}

// JSON is written row by row: the whole estate may be asked for.
class JsonArray {
 public:
  void add(const json::object& row) { print((std::exchange(first_, false) ? "[\n" : ",\n") + to_json(row)); }
  void close() { print(first_ ? "[]\n" : "\n]\n"); }

 private:
  bool first_ = true;
};

Result<int> find(App& app, const FindOptions& options) {
  TRY_ASSIGN(auto facts, read_facts(*app.store));
  auto text = join(options.query, " ");
  TRY_ASSIGN(auto expression, query::parse(text));
  query::Names names;
  for (const auto& kind : app.catalog.kinds()) names.kinds.push_back(kind.name);
  for (const auto& cell : facts.cells) names.kinds.push_back(cell.key.kind);  // a kind may have left the catalogue
  query::Estate estate{app.catalog, {}};
  for (const auto& account : facts.accounts) {
    estate.accounts[account.id] = account;
    names.accounts.push_back(account.id);
    names.accounts.push_back(account.name);
  }
  TRY(query::check_names(expression, text, names));
  TRY_ASSIGN(auto at, instant(options.at, app.clock));
  auto now = at.value_or(app.clock.now());
  auto filter = query::narrow(expression, estate, facts.cells);
  std::vector<store::Resource> rows;
  JsonArray array;
  size_t count = 0;
  bool more = false;
  std::optional<Error> damaged;
  TRY(app.store->inventory().scan(filter, at, [&](const store::Resource& found) {
    auto resource = found;
    if (at) project(resource, app);
    auto document = parse_json(resource.document.empty() ? "{}" : resource.document, "a stored document");
    if (!document) {
      damaged = std::move(document).error();
      return false;
    }
    if (!query::matches(expression, query::subject_of(resource, *document, estate), now)) return true;
    if (options.limit > 0 && count == options.limit) {
      more = true;
      return false;
    }
    ++count;
    if (options.output.format == "json")
      array.add(resource_json(resource, facts.accounts));
    else if (options.output.format == "ids")
      print(resource.id() + "\n");
    else
      rows.push_back(std::move(resource));
    return true;
  }));
  if (damaged) return std::unexpected(std::move(*damaged));
  bool table = options.output.format == "table";
  if (options.output.format == "json") array.close();
  if (options.output.format == "csv") print_csv(app, rows, facts);
  if (table && !rows.empty()) print_table(app, rows, facts);
  if (table && rows.empty()) std::fputs("nothing matches\n", stderr);
  if (more) std::fputs(fmt::format("the first {} are shown; --limit 0 shows all\n", options.limit).c_str(), stderr);
  print_coverage(facts.cells, filter, facts.accounts, app.clock.now());
  return kOk;
}

// The resource an id means. Errors: not_found; invalid when it means several, listing them.
Result<store::Resource> the_one(App& app, const ShowOptions& options, std::optional<Time> at) {
  TRY_ASSIGN(auto found, app.store->inventory().lookup(options.id, at));
  if (found.empty()) {
    return fail(ErrorCode::not_found, fmt::format("there is no '{}'{}; `cadastre find {}` searches for it", options.id,
                                                  at ? " at that time" : "", options.id));
  }
  auto live = std::ranges::count_if(found, [](const auto& resource) { return !resource.deleted; });
  if (live > 1 || (live == 0 && found.size() > 1 && found[0].id() != found[1].id())) {
    std::string message = fmt::format("'{}' means several; write one of", options.id);
    for (const auto& resource : found) message += "\n  " + resource.id();
    return fail(ErrorCode::invalid, message);
  }
  return found.front();
}

Result<int> show(App& app, const ShowOptions& options) {
  TRY_ASSIGN(auto facts, read_facts(*app.store));
  TRY_ASSIGN(auto at, instant(options.at, app.clock));
  TRY_ASSIGN(auto resource, the_one(app, options, at));
  if (at) project(resource, app);
  if (options.output.format == "json") {
    print(to_pretty_json(resource_json(resource, facts.accounts)) + "\n");
    return kOk;
  }
  auto now = app.clock.now();
  auto* kind = app.catalog.find(resource.cell.kind);
  TRY_ASSIGN(auto document, parse_json(resource.document.empty() ? "{}" : resource.document, "a stored document"));
  auto context = context_of(resource, app.models.endpoints());
  std::vector<std::pair<std::string, std::string>> lines = {
      {"id", resource.id()},
      {"name", resource.name},
      {"arn", resource.arn},
      {"account", fmt::format("{} ({})", resource.cell.account, account_name(resource.cell.account, facts.accounts))},
      {"region", resource.region},
      {"state", resource.state}};
  if (resource.created) lines.emplace_back("created", format_time(*resource.created));
  lines.emplace_back("first seen", format_time(resource.first_seen));
  lines.emplace_back("changed", fmt::format("{} ({})", format_time(resource.changed), ago(resource.changed, now)));
  if (resource.deleted)
    lines.emplace_back("deleted", fmt::format("{} ({})", format_time(*resource.deleted), resource.deleted_cause));
  else
    lines.emplace_back("verified", resource.verified ? fmt::format("{} ({})", format_time(*resource.verified),
                                                                   ago(resource.verified, now))
                                                     : "never");
  if (is_stale(resource)) {
    lines.emplace_back("stale",
                       fmt::format("since {}: the last collection of its cell ended as {}",
                                   format_time(*resource.unverified_since), store::to_string(resource.outcome)));
  }
  if (kind) {
    for (const auto& column : kind->columns) {
      auto text = catalog::column_text(*kind, column, document, context);
      if (!text.empty()) lines.emplace_back(lower(column.header), with_unit(text, column.unit));
    }
    TRY_ASSIGN(auto others, app.store->inventory().seen_by(resource.cell, resource.native));
    for (const auto& other : others)
      lines.emplace_back("shared with", fmt::format("{} ({})", other, account_name(other, facts.accounts)));
    TRY_ASSIGN(auto gaps, app.store->inventory().gaps(resource.resource));
    for (const auto& [gap, since] : gaps) {
      lines.emplace_back("not read", fmt::format("{} since {}: {}", gap.fragment, format_time(since), gap.message));
    }
    for (const auto& [link, value] : catalog::links_of(*kind, document)) lines.emplace_back("→ " + link->to, value);
    catalog::Scope scope;
    scope.document = &document;
    scope.set("account", json::value(context.account));
    scope.set("region", json::value(context.region));
    scope.set("partition", json::value(context.partition));
    if (!kind->console_url.empty()) lines.emplace_back("console", kind->console_url.text(scope));
    if (!kind->cli_command.empty()) lines.emplace_back("cli", kind->cli_command.text(scope));
  }
  size_t width = 0;
  for (const auto& [label, text] : lines) width = std::max(width, display_width(label));
  for (const auto& [label, text] : lines) {
    if (!text.empty()) print(bold(label) + std::string(width - display_width(label) + 2, ' ') + printable(text) + "\n");
  }
  auto tags = parse_json(resource.tags, "tags");
  if (tags && tags->is_object() && !tags->get_object().empty()) {
    print(bold("tags") + "\n");
    for (const auto& [key, value] : tags->get_object())
      print(printable(fmt::format("  {} = {}", std::string_view(key), scalar_text(value))) + "\n");
  }
  print(bold("document") + "\n" + to_pretty_json(document) + "\n");
  return kOk;
}

Result<int> history(App& app, const ShowOptions& options) {
  TRY_ASSIGN(auto resource, the_one(app, options, std::nullopt));
  TRY_ASSIGN(auto versions, app.store->inventory().versions(resource.resource));
  if (options.output.format == "json") {
    json::array rows;
    for (const auto& version : versions) {
      auto data = parse_json(version.document, "a stored document");
      rows.push_back(json::object{{"sequence", version.sequence},
                                  {"from", format_time(version.from)},
                                  {"to", version.to ? json::value(format_time(*version.to)) : json::value(nullptr)},
                                  {"cause", store::to_string(version.cause)},
                                  {"data", data ? *data : json::value(nullptr)}});
    }
    print(to_pretty_json(rows) + "\n");
    return kOk;
  }
  // Newest first: the question is nearly always what happened last.
  for (size_t i = versions.size(); i-- > 0;) {
    const auto& version = versions[i];
    print(bold(fmt::format("{}  {}", format_time(version.from), store::to_string(version.cause))) + "\n");
    if (i == 0 || version.document.empty() || versions[i - 1].document.empty()) continue;
    TRY_ASSIGN(auto before, parse_json(versions[i - 1].document, "a stored document"));
    TRY_ASSIGN(auto after, parse_json(version.document, "a stored document"));
    for (const auto& difference : query::diff(before, after))
      print(printable("  " + query::describe(difference)) + "\n");
  }
  return kOk;
}

template <typename Options>
int run(const GlobalOptions& global, const Options& options, Result<int> (*command)(App&, const Options&)) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto code = command(**app, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace

int run_find(const GlobalOptions& global, const FindOptions& options) { return run(global, options, find); }
int run_show(const GlobalOptions& global, const ShowOptions& options) { return run(global, options, show); }
int run_history(const GlobalOptions& global, const ShowOptions& options) { return run(global, options, history); }

}  // namespace cadastre::cli
