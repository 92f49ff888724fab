// The two calls to AWS STS that hand out a role's credentials, made by hand: they come before there is a client.
// Source: "AssumeRole" and "AssumeRoleWithWebIdentity" in the STS API reference. Inside aws/ only.
#pragma once

#include <stop_token>

#include "aws/credentials.h"

namespace cadastre::aws {

// Errors: denied, expired, region_off, network, timeout, malformed, failed; each names the account, the role and what
// to check. Throttles, 5xx and broken connections are tried three times.
Result<Credentials> sts_assume_role(const Environment& environment, CredentialSource& source, const AssumeRole& role,
                                    std::stop_token stop);

struct WebIdentity {
  std::string role_arn, token_file, session_name = "cadastre", region;
};
// The token file is read anew: Kubernetes replaces it. Errors: as above, and io or not_found for the file.
Result<Credentials> sts_assume_role_with_web_identity(const Environment& environment, const WebIdentity& identity,
                                                      std::stop_token stop);

}  // namespace cadastre::aws
