// How answers of the reading commands are printed: tables for people, and the formats that programs read.
#pragma once

#include "cli/source.h"

namespace cadastre::cli {

// Standard output through $PAGER (less -FRX when it is not set) for as long as this lives: on a terminal only.
class Pager {
 public:
  Pager();
  ~Pager();
  Pager(const Pager&) = delete;

 private:
  int terminal_ = -1;  // the real standard output
  int child_ = 0;
};

// Prints rows as they come: begin, row…, end. Formats: table, wide, json, ndjson, csv, ids.
class RowPrinter {
 public:
  explicit RowPrinter(std::string format) : format_(std::move(format)) {}
  void begin(const std::vector<catalog::Column>& columns);
  void row(const search::Row& row);
  void end();
  static bool wants_documents(const std::string& format) { return format == "json" || format == "ndjson"; }

 private:
  void print_table() const;
  std::string format_;
  std::vector<catalog::Column> columns_;
  std::vector<search::Row> rows_;  // of tables: widths are known at the end
  bool first_ = true;
};

// "100 GiB", "$12".
std::string with_unit(const std::string& text, catalog::Unit unit);
// A difference, harmless and coloured.
std::string difference_line(const query::Difference& difference);

// To standard error: what the answer does not cover, since when and why.
void print_coverage(const search::Coverage& coverage, Time now);

}  // namespace cadastre::cli
