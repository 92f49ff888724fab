// Where credentials come from, and how they are renewed before they expire.
//
// Sources: the AWS SDKs and Tools reference guide
// (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html), "Using IAM roles" for AssumeRole,
// "Container credential provider" for ECS and EKS Pod Identity, "IMDSv2" in the EC2 user guide.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "aws/sigv4.h"
#include "base/result.h"

namespace cadastre::aws {

// Hands out credentials that are valid now. Thread-safe; one refresh at a time: the others go on with the present
// credentials while these are valid, and else wait for it. Errors: denied (the role or key was refused), expired,
// network, invalid (a malformed profile), each a sentence that names the profile, role, file or endpoint, and never a
// secret.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  virtual Result<Credentials> get(std::stop_token stop) = 0;
  // AWS said that these are expired: the next get() renews them even if their time has not come.
  virtual void reject(const Credentials& credentials) = 0;
  // For people: "profile legacy", "role arn:aws:iam::…:role/x via profile legacy".
  virtual std::string describe() const = 0;
};
using CredentialsPtr = std::shared_ptr<CredentialSource>;

// What the environment offers to the sources; injected so that tests can make one up.
struct Environment {
  std::function<const char*(const char*)> variable;  // std::getenv
  HttpTransport* http = nullptr;                     // IMDS, container endpoints, STS
  Clock* clock = nullptr;
  std::function<std::string(std::string_view region)> sts_url;  // the STS endpoint of a region
  std::string default_region;                                   // for STS when nothing else names one
};

CredentialsPtr static_credentials(Credentials credentials, std::string description);

// A named profile of the shared config and credentials files: keys, source_profile and role_arn (chained, cycles
// refused), credential_source, external_id, role_session_name, duration_seconds, credential_process,
// web_identity_token_file.
Result<CredentialsPtr> profile_credentials(const Environment& environment, std::string_view profile);

// The default chain: environment keys, web identity, AWS_PROFILE or "default", container, IMDSv2.
Result<CredentialsPtr> default_credentials(const Environment& environment);

struct AssumeRole {
  std::string role_arn = {}, external_id = {}, session_name = "cadastre", region = {};
  int duration_seconds = 3600;
};
// sts:AssumeRole with `source`'s credentials at the region's STS endpoint. Renewed ahead of expiry (5 minutes, or a
// fifth of the session when that is less).
CredentialsPtr assume_role_credentials(const Environment& environment, CredentialsPtr source, AssumeRole role);

}  // namespace cadastre::aws
