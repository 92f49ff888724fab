// Errors as people and programs outside see them: problem documents (RFC 9457) with an outward sentence, the request's
// id, and no inner detail.
#pragma once

#include "base/result.h"
#include "net/http_server.h"

namespace cadastre::api {

// 404 for not_found, 410 for gone, 429 for throttled, … One table.
int status_of(ErrorCode code);

ServerResponse problem(const ServerRequest& request, int status, std::string_view detail);
// An error in a query carries "query" and "position", the column its caret points at (from 0). `cause` is never sent;
// Retry-After is taken from that of throttled errors when it is a number.
ServerResponse problem(const ServerRequest& request, const Error& error);

}  // namespace cadastre::api
