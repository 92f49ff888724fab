// Event streams (application/vnd.amazon.eventstream) that arrived whole: frames of typed headers and a payload, each
// checked by its CRCs. Source: https://smithy.io/2.0/aws/amazon-eventstream.html
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

// The events as a list of one-member objects, {"Stats": {…}}. `shape` is the event stream's. Errors: malformed, a
// clause that continues "the answer …"; failed, when the stream carries an exception.
Result<json::value> read_event_stream(const Service& service, const Shape& shape, std::string_view body,
                                      const json::storage_ptr& storage);

// An RPC protocol's output with an event stream: its other members come in a first event named initial-response.
Result<json::value> read_rpc_event_stream(const Service& service, const Shape& output, const Member& stream,
                                          std::string_view body, const json::storage_ptr& storage);

}  // namespace cadastre::aws
