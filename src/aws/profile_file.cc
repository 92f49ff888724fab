#include "aws/profile_file.h"

#include "base/file.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

// "[profile x]", "[ profile  "x y" ]", "[default]" → the profile's name; "" for sections that are no profile.
std::string profile_name(std::string_view section, ProfileFileKind kind) {
  section = trim(section);
  if (kind == ProfileFileKind::config && section != "default") {
    if (!section.starts_with("profile ") && !section.starts_with("profile\t")) return {};
    section = trim(section.substr(8));
  }
  if (section.size() >= 2 && (section.front() == '"' || section.front() == '\'') && section.back() == section.front()) {
    section = section.substr(1, section.size() - 2);
  }
  return std::string(section);
}

std::string home_path(const Environment& environment, std::string path) {
  if (!path.starts_with("~/")) return path;
  return variable(environment, "HOME") + path.substr(1);
}

}  // namespace

std::string variable(const Environment& environment, const char* name) {
  const char* value = environment.variable ? environment.variable(name) : nullptr;
  return value ? value : "";
}

Result<std::map<std::string, Profile, std::less<>>> parse_profiles(std::string_view text, std::string_view file,
                                                                   ProfileFileKind kind) {
  std::map<std::string, Profile, std::less<>> profiles;
  Profile skipped;             // takes the settings of sections that are no profile
  Profile* profile = nullptr;  // the one being read
  bool setting_above = false;
  int number = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (auto line : split(text, '\n')) {
    ++number;
    auto complain = [&](std::string_view what) {
      return fail(ErrorCode::invalid, fmt::format("{}:{}: {}", file, number, what));
    };
    auto content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (content.front() == '[') {
      size_t end = content.find(']');
      if (end == content.npos) return complain("the section's closing ']' is missing");
      auto name = profile_name(content.substr(1, end - 1), kind);
      profile = name.empty() ? &skipped : &profiles[name];
      setting_above = false;
      continue;
    }
    if (!profile) return complain("a setting before the first [section]");
    bool indented = line.front() == ' ' || line.front() == '\t';
    if (indented && setting_above) continue;
    size_t separator = content.find_first_of("=:");
    if (separator == content.npos || separator == 0) return complain("expected 'name = value' or '[section]'");
    (*profile)[lower(trim(content.substr(0, separator)))] = trim(content.substr(separator + 1));
    setting_above = true;
  }
  return profiles;
}

Result<const Profile*> Profiles::find(std::string_view name) const {
  if (auto found = profiles.find(name); found != profiles.end()) return &found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, profile] : profiles) names.push_back(known);
  return fail(ErrorCode::not_found, fmt::format("there is no profile '{}' in {} or {}{}", printable(name), config_path,
                                                credentials_path, did_you_mean(name, names)));
}

Result<Profiles> load_profiles(const Environment& environment) {
  Profiles all;
  auto path_of = [&](const char* name, const char* usual) {
    auto given = variable(environment, name);
    return home_path(environment, given.empty() ? usual : given);
  };
  all.config_path = path_of("AWS_CONFIG_FILE", "~/.aws/config");
  all.credentials_path = path_of("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
  for (auto kind : {ProfileFileKind::config, ProfileFileKind::credentials}) {
    const auto& path = kind == ProfileFileKind::config ? all.config_path : all.credentials_path;
    auto text = read_file(path);
    if (!text && text.error().code == ErrorCode::not_found) continue;
    if (!text) return std::unexpected(text.error());
    TRY_ASSIGN(auto profiles, parse_profiles(*text, path, kind));
    for (auto& [name, profile] : profiles) {
      for (auto& [key, value] : profile) all.profiles[name][key] = std::move(value);
    }
  }
  return all;
}

}  // namespace cadastre::aws
