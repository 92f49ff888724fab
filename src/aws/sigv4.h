// AWS Signature Version 4. Source: "Signature Version 4 signing process" in the IAM user guide
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Pure functions,
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "net/http_client.h"

namespace cadastre::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    // "" for long-lived keys
  std::optional<Time> expires;  // nullopt: never
};

struct SigningScope {
  std::string region, service;  // "us-east-1", "ec2"
};

struct SigningOptions {
  bool double_encode = true;      // false for S3
  bool normalize_path = true;     // false for S3
  bool content_sha256 = false;    // send x-amz-content-sha256 (S3 requires it)
  bool unsigned_payload = false;  // hash is the word UNSIGNED-PAYLOAD
};

// The request to sign: `path` and `query` as they will be sent (percent-encoded); headers without Host, which is given.
struct SigningRequest {
  std::string method, host, path, query;
  std::vector<HttpHeader> headers;
  std::string_view body;
};

// Adds X-Amz-Date, X-Amz-Security-Token (when there is one), X-Amz-Content-Sha256 (when asked) and Authorization to
// request.headers. Derived signing keys are cached for a day by the calling thread.
void sign(SigningRequest& request, const Credentials& credentials, const SigningScope& scope, Time now,
          const SigningOptions& options = {});

// The intermediate texts, for the tests and for explaining a refused signature.
struct SigningSteps {
  std::string canonical_request, string_to_sign, authorization;
};
SigningSteps signing_steps(const SigningRequest& request, const Credentials& credentials, const SigningScope& scope,
                           Time now, const SigningOptions& options = {});

}  // namespace cadastre::aws
