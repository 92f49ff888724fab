// Who is asking, which regions there are, and the organisation's tree: Root / Workloads / one unit for every other
// account.
#include "base/text.h"
#include "scripted_aws/scripted_aws.h"

namespace cadastre::scripted {
namespace {

constexpr size_t kAccountsOnAPage = 20;

}  // namespace

HttpAnswer ScriptedAws::sts_answer(const Question& question, const std::string& account) {
  const auto& service = *question.service;
  const auto& operation = *question.operation;
  const auto* owner = world_.account(account);
  if (operation.name == "GetCallerIdentity") {
    if (!owner) return unknown_key_answer(service);
    return output_answer(service, operation,
                         {{"UserId", "AIDA" + account},
                          {"Account", account},
                          {"Arn", fmt::format("arn:aws:iam::{}:user/cadastre", account)}});
  }
  if (operation.name == "AssumeRole") {
    auto role = question.param("RoleArn");
    if (!owner) return denied_answer(service, "AssumeRole", account, false);
    auto number = ++sessions_issued_;
    auto key = fmt::format("ASIA{}{:04}", account, number % 10000);
    sessions_[key] = std::chrono::steady_clock::now();
    auto expires = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()) + std::chrono::hours(1);
    HttpAnswer answer;
    answer.body = fmt::format(
        "<AssumeRoleResponse "
        "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"
        "\"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA{0}:cadastre"
        "</AssumedRoleId><Arn>arn:aws:sts::{0}:assumed-role/{1}/cadastre</Arn></"
        "AssumedRoleUser><Credentials><AccessKeyId>{2}</AccessKeyId>"
        "<SecretAccessKey>secret</SecretAccessKey><SessionToken>session-{3}</SessionToken><Expiration>{4}</"
        "Expiration></Credentials></AssumeRoleResult>"
        "<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000575</RequestId></ResponseMetadata></"
        "AssumeRoleResponse>",
        account, role.substr(role.rfind('/') + 1), key, number,
        format_time(std::chrono::floor<std::chrono::seconds>(expires)));
    return answer;
  }
  return output_answer(service, operation, {});
}

HttpAnswer ScriptedAws::regions_answer(const Question& question, const std::string& account) {
  const auto* owner = world_.account(account);
  json::array regions;
  auto add = [&](const std::string& name, std::string_view status) {
    regions.push_back(json::object{
        {"RegionName", name}, {"Endpoint", fmt::format("ec2.{}.amazonaws.com", name)}, {"OptInStatus", status}});
  };
  for (const auto& region : world_.regions()) {
    bool off = owner && std::ranges::find(owner->regions_off, region) != owner->regions_off.end();
    add(region, off ? "not-opted-in" : "opt-in-not-required");
  }
  if (question.param("AllRegions") == "true") add("me-south-1", "not-opted-in");
  return output_answer(*question.service, *question.operation, {{"Regions", std::move(regions)}});
}

HttpAnswer ScriptedAws::organization_answer(const Question& question) {
  const auto& service = *question.service;
  const auto& name = question.operation->name;
  auto entry = [&](const WorldAccount& account) {
    return json::object{{"Id", account.id},
                        {"Arn", fmt::format("arn:aws:organizations::{}:account/o-scripted/{}",
                                            world_.management_account(), account.id)},
                        {"Email", account.name + "@example.com"},
                        {"Name", account.name},
                        {"Status", account.status},
                        {"JoinedMethod", "CREATED"}};
  };
  json::object output;
  std::vector<const WorldAccount*> members;
  for (const auto& account : world_.accounts()) {
    if (!account.left) members.push_back(&account);
  }
  if (name == "ListAccounts") {
    size_t from = std::strtoull(question.token().c_str(), nullptr, 10),
           to = std::min(members.size(), from + kAccountsOnAPage);
    json::array page;
    for (size_t i = from; i < to; ++i) page.push_back(entry(*members[i]));
    output["Accounts"] = std::move(page);
    if (to < members.size()) output["NextToken"] = std::to_string(to);
  } else if (name == "ListRoots") {
    output["Roots"] = json::array{json::object{{"Id", "r-root"}, {"Name", "Root"}}};
  } else if (name == "ListOrganizationalUnitsForParent") {
    json::array units;
    if (question.param("ParentId") == "r-root") units.push_back(json::object{{"Id", "ou-work"}, {"Name", "Workloads"}});
    output["OrganizationalUnits"] = std::move(units);
  } else if (name == "ListAccountsForParent") {
    json::array page;
    bool root = question.param("ParentId") == "r-root";
    for (size_t i = 0; i < members.size(); ++i) {
      if ((i % 2 == 0) == root) page.push_back(entry(*members[i]));
    }
    output["Accounts"] = std::move(page);
  } else if (name == "DescribeOrganization") {
    output["Organization"] = json::object{{"Id", "o-scripted"}, {"MasterAccountId", world_.management_account()}};
  }
  return output_answer(service, *question.operation, output);
}

std::string ScriptedAws::config_yaml(const ConfigOptions& options) {
  std::lock_guard lock(mutex_);
  using Access = ConfigOptions::Access;
  std::string text = fmt::format("# For the scripted AWS at {}.\nstore: {}\nregions: [{}]\n", server_->url(),
                                 options.store, join(world_.regions(), ", "));
  if (options.rate) text += fmt::format("rate: {}\n", *options.rate);
  std::vector<std::string> kinds = options.kinds;
  if (options.only_our_kinds) {
    std::set<std::string> present;
    for (const auto& [key, cell] : world_.cells()) {
      if (cell.kind->in_truth && !cell.entries.empty()) present.emplace(cell.kind->name);
    }
    kinds.assign(present.begin(), present.end());
  }
  if (!kinds.empty()) text += fmt::format("kinds: [{}]\n", join(kinds, ", "));
  if (options.access == Access::organization) {
    text += fmt::format(
        "organization:\n  role_name: cadastre-read\n  access_key_id: AKIA{}\n  secret_access_key: scripted\n",
        world_.management_account());
  } else {
    text += "accounts:\n";
    for (const auto& account : world_.accounts()) {
      text += fmt::format("  - id: \"{}\"\n    name: {}\n", account.id, account.name);
      if (options.access == Access::roles)
        text += fmt::format("    role: arn:aws:iam::{}:role/cadastre-read\n", account.id);
      auto owner = options.access == Access::roles ? world_.management_account() : account.id;
      text += fmt::format("    access_key_id: AKIA{}\n    secret_access_key: scripted\n", owner);
    }
  }
  return text + options.more;
}

}  // namespace cadastre::scripted
