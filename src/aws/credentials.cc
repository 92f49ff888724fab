#include "aws/credentials.h"

#include "aws/credentials_metadata.h"
#include "aws/credentials_profile.h"
#include "aws/credentials_renewing.h"
#include "aws/profile_file.h"
#include "aws/sts.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

class StaticSource final : public CredentialSource {
 public:
  StaticSource(Credentials credentials, std::string description)
      : credentials_(std::move(credentials)), description_(std::move(description)) {}
  Result<Credentials> get(std::stop_token) override { return credentials_; }
  void reject(const Credentials&) override {}
  std::string describe() const override { return description_; }

 private:
  const Credentials credentials_;
  const std::string description_;
};

// The last of the default chain. When it has none either, the sentence says everything that was looked at.
class LastResort final : public CredentialSource {
 public:
  LastResort(CredentialsPtr instance, std::string looked_at)
      : instance_(std::move(instance)), looked_at_(std::move(looked_at)) {}
  Result<Credentials> get(std::stop_token stop) override {
    auto found = instance_->get(stop);
    if (found || found.error().code == ErrorCode::cancelled) return found;
    auto error = std::move(found.error());
    return fail(error.code, fmt::format("no AWS credentials: {}, and {}", looked_at_, error.message), error.cause);
  }
  void reject(const Credentials& credentials) override { instance_->reject(credentials); }
  std::string describe() const override { return instance_->describe(); }

 private:
  CredentialsPtr instance_;
  const std::string looked_at_;
};

std::string or_default(std::string value, std::string_view otherwise) {
  return value.empty() ? std::string(otherwise) : value;
}

}  // namespace

CredentialsPtr static_credentials(Credentials credentials, std::string description) {
  return std::make_shared<StaticSource>(std::move(credentials), std::move(description));
}

CredentialsPtr assume_role_credentials(const Environment& environment, CredentialsPtr source, AssumeRole role) {
  auto description = fmt::format("role {} via {}", role.role_arn, source->describe());
  return std::make_shared<RenewingSource>(
      *environment.clock, std::move(description),
      [environment, source = std::move(source), role = std::move(role)](std::stop_token stop) {
        return sts_assume_role(environment, *source, role, stop);
      });
}

CredentialsPtr web_identity_credentials(const Environment& environment, WebIdentity identity) {
  auto description = fmt::format("role {} via the web identity in {}", identity.role_arn, identity.token_file);
  return std::make_shared<RenewingSource>(*environment.clock, std::move(description),
                                          [environment, identity = std::move(identity)](std::stop_token stop) {
                                            return sts_assume_role_with_web_identity(environment, identity, stop);
                                          });
}

Result<CredentialsPtr> environment_credentials(const Environment& environment) {
  auto id = variable(environment, "AWS_ACCESS_KEY_ID"), secret = variable(environment, "AWS_SECRET_ACCESS_KEY");
  if (id.empty() && secret.empty()) return CredentialsPtr();
  if (id.empty() || secret.empty()) {
    return fail(ErrorCode::invalid,
                fmt::format("{} is set, but {} is not", id.empty() ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                            id.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"));
  }
  return static_credentials({id, secret, variable(environment, "AWS_SESSION_TOKEN"), std::nullopt},
                            "the environment's access key");
}

Result<CredentialsPtr> default_credentials(const Environment& environment) {
  TRY_ASSIGN(auto keys, environment_credentials(environment));
  if (keys) return keys;

  if (auto token_file = variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE"); !token_file.empty()) {
    auto role = variable(environment, "AWS_ROLE_ARN");
    if (role.empty()) return fail(ErrorCode::invalid, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    return web_identity_credentials(
        environment, {.role_arn = role,
                      .token_file = token_file,
                      .session_name = or_default(variable(environment, "AWS_ROLE_SESSION_NAME"), "cadastre"),
                      .region = environment.default_region});
  }

  auto name = variable(environment, "AWS_PROFILE");
  if (!name.empty()) return profile_credentials(environment, name);
  TRY_ASSIGN(auto files, load_profiles(environment));
  if (auto found = files.profiles.find("default");
      found != files.profiles.end() && profile_has_credentials(found->second)) {
    return profile_credentials(environment, "default");
  }

  TRY_ASSIGN(auto container, container_credentials(environment));
  if (container) return container;

  auto looked_at = fmt::format("none in the environment, no profile 'default' in {} or {}, no container endpoint",
                               files.config_path, files.credentials_path);
  TRY_ASSIGN(auto instance, instance_credentials(environment));
  if (instance) return std::make_shared<LastResort>(std::move(instance), std::move(looked_at));
  return fail(ErrorCode::not_found,
              fmt::format("no AWS credentials: {}, and AWS_EC2_METADATA_DISABLED is set; set AWS_PROFILE, or "
                          "name a profile or a role in the configuration",
                          looked_at));
}

}  // namespace cadastre::aws
