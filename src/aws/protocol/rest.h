// What rest-xml and rest-json share: parameters that travel in the URI, the query string and headers; the rest is the
// body.
#pragma once

#include "aws/protocol/protocol.h"

namespace cadastre::aws {

// Fills method, path, query, headers and body. The input has passed validate_input().
void write_rest_request(const Service& service, const Operation& operation, const json::object& input,
                        WireRequest& request);

// `shape` is the operation's output. `bodiless`: HTTP sends no body here (HEAD, 204), so that one which is missing is
// no sign of an answer cut short. Errors: malformed, a clause that continues "the answer …".
Result<json::value> read_rest_answer(const Service& service, const Shape& shape, HttpResponse& response, bool bodiless,
                                     const json::storage_ptr& storage);

// The members of `shape` that travel in headers and the status, by their index.
std::vector<std::pair<size_t, json::value>> read_rest_headers(const Shape& shape, const HttpResponse& response,
                                                              const json::storage_ptr& storage);

}  // namespace cadastre::aws
