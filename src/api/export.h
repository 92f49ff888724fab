// The whole of a list as CSV or NDJSON, a piece at a time: a thread reads rows ahead of the client, never more than a
// few pieces, and ends when the client has gone.
#pragma once

#include "api/route.h"

namespace cadastre::api {

enum class ExportFormat { csv, ndjson };

// What `?format=` or Accept asks for; nullopt: JSON pages. Errors: invalid, for another format.
Result<std::optional<ExportFormat>> export_format(const Call& call);

// Errors: those of Reader::each that come before its first row; throttled, when too many go on already.
Result<ServerResponse> export_rows(const Call& call, search::ListRequest request, ExportFormat format);

}  // namespace cadastre::api
