#include "search/export.h"

namespace cadastre::search {

std::vector<std::string> csv_header(std::span<const catalog::Column> columns) {
  std::vector<std::string> fields = {"kind",   "id",    "name", "account",    "account_name",
                                     "region", "state", "arn",  "first_seen", "changed_at"};
  for (const auto& column : columns) fields.push_back(column.header);
  return fields;
}

std::vector<std::string> csv_row(const Row& row) {
  const auto& resource = row.resource;
  std::vector<std::string> fields = {resource.cell.kind,
                                     resource.native,
                                     resource.name,
                                     resource.cell.account,
                                     row.account_name,
                                     resource.region,
                                     resource.deleted ? "deleted" : resource.state,
                                     resource.arn,
                                     format_time(resource.first_seen),
                                     format_time(resource.changed)};
  fields.insert(fields.end(), row.columns.begin(), row.columns.end());
  return fields;
}

}  // namespace cadastre::search
