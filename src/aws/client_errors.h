// What AWS's error codes mean for a caller that only reads. Data: a table of codes. Inside aws/ only.
#pragma once

#include "aws/protocol/protocol.h"
#include "base/result.h"

namespace cadastre::aws {

enum class Verdict {
  throttled,    // slow down and try again
  transient,    // AWS's trouble: try again
  denied,       // never tried again
  expired,      // new credentials may help
  region_off,   // the region is not enabled for the account
  unsupported,  // the operation is not offered there
  failed,       // anything else
};

Verdict verdict(const ServiceError& error);

// A deny by an organization's service control policy, as its message says.
bool denied_by_scp(const ServiceError& error);

// The outward clause for an error of this verdict: "access denied (…)". AWS's own words are made printable and cut.
std::string describe_error(const ServiceError& error, Verdict verdict, int attempts);

ErrorCode error_code(Verdict verdict);

}  // namespace cadastre::aws
