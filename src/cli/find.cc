// cadastre find: what matches a query, now, at an instant or over a window.
#include "base/text.h"
#include "cli/output.h"
#include "cli/read.h"

namespace cadastre::cli {
namespace {

Result<int> find(Source& source, const FindOptions& options) {
  const auto& format = options.output.format;
  search::ListRequest request;
  request.q = join(options.query, " ");
  TRY_ASSIGN(request.at, instant(options.at));
  TRY_ASSIGN(request.since, instant(options.since));
  TRY_ASSIGN(request.until, instant(options.until));
  request.deleted = options.deleted;
  request.sort = options.sort;
  request.columns = options.columns;
  request.documents = RowPrinter::wants_documents(format);
  Source::Found found;
  {
    Pager pager;
    RowPrinter printer(format);
    TRY_ASSIGN(found, source.find(
                          request, options.limit, [&](const auto& columns) { printer.begin(columns); },
                          [&](const search::Row& row) { printer.row(row); }));
    printer.end();
  }
  bool people = format == "table" || format == "wide";
  if (people && found.shown == 0) std::fputs("nothing matches\n", stderr);
  if (found.shown < found.total) {
    std::fputs(fmt::format("{} of {}{} are shown; --limit 0 shows all\n", found.shown, found.exact ? "" : "about ",
                           thousands(found.total))
                   .c_str(),
               stderr);
  }
  print_coverage(found.coverage, system_clock().now());
  return kOk;
}

}  // namespace

int run_find(const GlobalOptions& global, const FindOptions& options) {
  auto source = open_source(global);
  if (!source) return report_error(source.error(), global.verbose);
  auto code = find(**source, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
