// What credentials.cc and credentials_profile.cc need of each other. Inside aws/ only.
#pragma once

#include "aws/credentials.h"
#include "aws/profile_file.h"
#include "aws/sts.h"

namespace cadastre::aws {

// Does the profile say where credentials come from (and not only, say, a region)?
bool profile_has_credentials(const Profile& profile);

// AWS_ACCESS_KEY_ID and its companions; nullptr when they are not set. Errors: invalid, when only one is.
Result<CredentialsPtr> environment_credentials(const Environment& environment);

CredentialsPtr web_identity_credentials(const Environment& environment, WebIdentity identity);

}  // namespace cadastre::aws
