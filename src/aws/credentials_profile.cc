#include "aws/credentials_profile.h"

#include <charconv>

#include "aws/credentials_metadata.h"
#include "aws/credentials_process.h"
#include "aws/credentials_renewing.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

constexpr Millis kProcessLimit{60'000};
constexpr int kShortestSession = 900, kLongestSession = 43'200;

std::string setting(const Profile& profile, std::string_view name) {
  auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

bool has_keys(const Profile& profile) { return !setting(profile, "aws_access_key_id").empty(); }

std::unexpected<Error> refuse(std::string_view name, std::string_view why) {
  return fail(ErrorCode::invalid, fmt::format("profile {}: {}", printable(name), why));
}

Result<Credentials> keys_of(const Profile& profile, std::string_view name) {
  Credentials keys{setting(profile, "aws_access_key_id"), setting(profile, "aws_secret_access_key"),
                   setting(profile, "aws_session_token"), std::nullopt};
  if (keys.secret_access_key.empty())
    return refuse(name, "aws_access_key_id is given, but aws_secret_access_key is not");
  return keys;
}

// Turns one profile into a source, following source_profile. Lives for one call of profile_credentials.
class Resolver {
 public:
  Resolver(const Environment& environment, const Profiles& files) : environment_(environment), files_(files) {}

  Result<CredentialsPtr> resolve(std::string_view name) {
    TRY_ASSIGN(const auto* profile, files_.find(name));
    path_.emplace_back(name);
    if (!setting(*profile, "role_arn").empty()) {
      return setting(*profile, "web_identity_token_file").empty() ? role(name, *profile) : web_identity(*profile);
    }
    if (has_keys(*profile)) return keys(name, *profile);
    if (auto command = setting(*profile, "credential_process"); !command.empty())
      return process(name, std::move(command));
    if (!setting(*profile, "sso_session").empty() || !setting(*profile, "sso_start_url").empty()) {
      return refuse(
          name,
          "signs in with IAM Identity Center, which needs a person; give Cadastre a role, or a credential_process");
    }
    return refuse(
        name, fmt::format("says nothing about credentials in {} or {}: give it keys, role_arn or credential_process",
                          files_.config_path, files_.credentials_path));
  }

 private:
  // Read anew when AWS refuses them: other tools write fresh keys into the file.
  Result<CredentialsPtr> keys(std::string_view name, const Profile& profile) {
    TRY(keys_of(profile, name));  // a mistake in the file is said now, not at the first call
    return std::make_shared<RenewingSource>(
        *environment_.clock, fmt::format("profile {}", name),
        [environment = environment_, name = std::string(name)](std::stop_token) -> Result<Credentials> {
          TRY_ASSIGN(auto files, load_profiles(environment));
          TRY_ASSIGN(const auto* latest, files.find(name));
          return keys_of(*latest, name);
        });
  }

  CredentialsPtr process(std::string_view name, std::string command) {
    return std::make_shared<RenewingSource>(
        *environment_.clock, fmt::format("the credential_process of profile {}", name),
        [name = std::string(name), command = std::move(command)](std::stop_token stop) {
          return run_credential_process(command, name, kProcessLimit, stop);
        });
  }

  std::string region_of(const Profile& profile) const {
    auto region = setting(profile, "region");
    return region.empty() ? environment_.default_region : region;
  }

  std::string session_name_of(const Profile& profile) const {
    auto name = setting(profile, "role_session_name");
    if (name.empty()) name = variable(environment_, "AWS_ROLE_SESSION_NAME");
    return name.empty() ? "cadastre" : name;
  }

  Result<CredentialsPtr> web_identity(const Profile& profile) const {
    return web_identity_credentials(environment_, {.role_arn = setting(profile, "role_arn"),
                                                   .token_file = setting(profile, "web_identity_token_file"),
                                                   .session_name = session_name_of(profile),
                                                   .region = region_of(profile)});
  }

  Result<CredentialsPtr> role(std::string_view name, const Profile& profile) {
    if (!setting(profile, "mfa_serial").empty()) {
      return refuse(
          name,
          "needs an MFA code (mfa_serial), which a program that runs by itself cannot type; use a role without it");
    }
    AssumeRole role{.role_arn = setting(profile, "role_arn"),
                    .external_id = setting(profile, "external_id"),
                    .session_name = session_name_of(profile),
                    .region = region_of(profile)};
    if (auto text = setting(profile, "duration_seconds"); !text.empty()) {
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), role.duration_seconds);
      if (error != std::errc() || end != text.data() + text.size() || role.duration_seconds < kShortestSession ||
          role.duration_seconds > kLongestSession) {
        return refuse(
            name, fmt::format("duration_seconds must be a number from {} to {}", kShortestSession, kLongestSession));
      }
    }
    TRY_ASSIGN(auto source, source_of(name, profile));
    return assume_role_credentials(environment_, std::move(source), std::move(role));
  }

  Result<CredentialsPtr> source_of(std::string_view name, const Profile& profile) {
    auto source = setting(profile, "source_profile"), kind = setting(profile, "credential_source");
    if (source.empty() == kind.empty()) {
      return refuse(name, "role_arn needs either source_profile or credential_source, and not both");
    }
    if (!kind.empty()) return named_source(name, kind);
    // A profile that names itself means its own keys.
    if (source == name && has_keys(profile)) return keys(name, profile);
    if (std::ranges::find(path_, source) != path_.end()) {
      return refuse(path_.front(),
                    fmt::format("source_profile goes in a circle: {} → {}", fmt::join(path_, " → "), source));
    }
    auto found = resolve(source);
    if (!found) return std::unexpected(std::move(found.error()).in(fmt::format("source_profile of profile {}", name)));
    return found;
  }

  Result<CredentialsPtr> named_source(std::string_view name, std::string_view kind) {
    Result<CredentialsPtr> found = CredentialsPtr();
    if (kind == "Environment")
      found = environment_credentials(environment_);
    else if (kind == "EcsContainer")
      found = container_credentials(environment_);
    else if (kind == "Ec2InstanceMetadata")
      found = instance_credentials(environment_);
    else
      return refuse(name,
                    fmt::format("credential_source is '{}'; it may be Environment, EcsContainer or Ec2InstanceMetadata",
                                printable(kind)));
    if (found && !*found)
      return refuse(name, fmt::format("credential_source is {}, but there are no credentials", kind));
    return found;
  }

  const Environment& environment_;
  const Profiles& files_;
  std::vector<std::string> path_;  // the profiles gone through, in order
};

}  // namespace

bool profile_has_credentials(const Profile& profile) {
  return std::ranges::any_of(
      std::array{"aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_start_url"},
      [&](const char* name) { return !setting(profile, name).empty(); });
}

Result<CredentialsPtr> profile_credentials(const Environment& environment, std::string_view profile) {
  TRY_ASSIGN(auto files, load_profiles(environment));
  return Resolver(environment, files).resolve(profile);
}

}  // namespace cadastre::aws
