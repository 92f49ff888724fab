// Credentials that the machine or the container hands to what runs on it. Inside aws/ only.
#pragma once

#include "aws/credentials.h"

namespace cadastre::aws {

// The endpoint that ECS and EKS Pod Identity name in AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI; nullptr when
// neither is set. Errors: invalid, when the address is one that credentials must not be asked of.
Result<CredentialsPtr> container_credentials(const Environment& environment);

// The EC2 instance metadata service, version 2 only; nullptr when AWS_EC2_METADATA_DISABLED says true.
Result<CredentialsPtr> instance_credentials(const Environment& environment);

// The credentials in `text`: {"AccessKeyId", "SecretAccessKey", TOKEN, "Expiration"}. `what` leads the errors:
// malformed.
Result<Credentials> parse_credentials_json(std::string_view text, std::string_view what, std::string_view token_name);

}  // namespace cadastre::aws
