// The shared config and credentials files of the AWS CLI and SDKs, as the CLI reads them. Inside aws/ only.
// Source: "Shared config and credentials files" in the AWS SDKs and Tools reference guide.
#pragma once

#include <map>
#include <string>

#include "aws/credentials.h"
#include "base/result.h"

namespace cadastre::aws {

// Settings by name, in lower case; indented lines (nested settings) are skipped.
using Profile = std::map<std::string, std::string, std::less<>>;

enum class ProfileFileKind {
  config,       // "[profile NAME]" and "[default]"; other sections are left out
  credentials,  // "[NAME]"
};

// Errors: invalid, "FILE:LINE: …".
Result<std::map<std::string, Profile, std::less<>>> parse_profiles(std::string_view text, std::string_view file,
                                                                   ProfileFileKind kind);

// Both files, laid over each other: what the credentials file says wins.
struct Profiles {
  std::map<std::string, Profile, std::less<>> profiles;
  std::string config_path, credentials_path;

  // Errors: not_found, naming both files and suggesting the profile that was meant.
  Result<const Profile*> find(std::string_view name) const;
};

// Reads the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, or those in ~/.aws. A file that does not
// exist is empty. Errors: io, invalid.
Result<Profiles> load_profiles(const Environment& environment);

// The variable's value; "" when it is unset.
std::string variable(const Environment& environment, const char* name);

}  // namespace cadastre::aws
