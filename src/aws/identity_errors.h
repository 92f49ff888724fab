// What AWS means when it refuses who we are, in sentences that say what to do: the same for STS, EC2 and everyone else.
// Inside aws/ only.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "net/http_client.h"

namespace cadastre::aws {

// An HTTP date, "Sun, 30 Aug 2015 12:36:00 GMT" (RFC 9110, the fixed-length form).
std::optional<Time> parse_http_date(std::string_view text);

// How far this machine's clock, which says `now`, is ahead of the answer's Date header. nullopt: the answer has none.
std::optional<Millis> clock_ahead(const HttpResponse& response, Time now);

// The error that `code` and `message` stand for when they are about identity (unknown key, wrong secret, expired token,
// wrong clock); nullopt when they are not. `who` names the credentials: "profile legacy". Codes: denied, expired, and
// failed for a wrong clock, which no permission mends.
std::optional<Error> identity_error(std::string_view code, std::string_view message, std::string_view who,
                                    const HttpResponse& response, Time now);

// Is this code AWS's way to say that temporary credentials are over, so that new ones may help?
bool says_expired(std::string_view code);

}  // namespace cadastre::aws
