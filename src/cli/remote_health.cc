// How clusters fare, by a server's API: the cards, and page after page what is wrong.
#include "base/text.h"
#include "cli/local_health.h"
#include "cli/remote.h"

namespace cadastre::cli {
namespace {

json::array list(json::object& object, std::string_view name) {
  auto* value = object.if_contains(name);
  return value && value->is_array() ? std::move(value->get_array()) : json::array();
}

// The card as it is without pages, and with all findings.
Result<json::object> whole_cluster(ApiClient& api, const json::object& card, const std::string& at) {
  constexpr int kMostPages = 10'000;  // a server that never ends is none of ours
  auto target = fmt::format("/api/v1/clusters/{}/{}", percent_encode(member_text(card, "account")),
                            percent_encode(member_text(card, "cluster")));
  json::object whole;
  json::array findings;
  std::string cursor;
  for (int page = 0; page < kMostPages; ++page) {
    Parameters parameters;
    parameters.add("at", at).add("limit", "500").add("cursor", cursor);
    TRY_ASSIGN(auto answer, api.get(target + parameters.text()));
    for (auto& finding : list(answer, "findings")) findings.push_back(std::move(finding));
    cursor = member_text(answer, "next");
    if (page == 0) whole = std::move(answer);
    if (cursor.empty()) break;
  }
  for (const char* of_pages : {"total", "next", "cells"}) whole.erase(of_pages);
  whole["findings"] = std::move(findings);
  return whole;
}

}  // namespace

Result<std::vector<json::object>> remote_clusters(ApiClient& api, const Source::ClustersRequest& request) {
  auto at = request.at ? format_time(*request.at) : std::string();
  std::vector<std::string> accounts;
  if (!request.accounts.empty()) {
    TRY_ASSIGN(auto answer, api.get("/api/v1/accounts"));
    std::vector<std::pair<std::string, std::string>> rows;
    for (const auto& row : list(answer, "rows")) {
      if (row.is_object())
        rows.emplace_back(member_text(row.get_object(), "id"), member_text(row.get_object(), "name"));
    }
    TRY_ASSIGN(accounts, account_ids(request.accounts, rows));
  }
  auto asked = [](const std::vector<std::string>& wanted, const std::string& one) {
    return wanted.empty() || std::ranges::find(wanted, one) != wanted.end();
  };
  TRY_ASSIGN(auto answer, api.get("/api/v1/clusters" + Parameters().add("at", at).text()));
  std::vector<json::object> found;
  for (const auto& row : list(answer, "rows")) {
    if (!row.is_object()) continue;
    const auto& card = row.get_object();
    if (!asked(request.clusters, member_text(card, "cluster")) || !asked(accounts, member_text(card, "account")))
      continue;
    TRY_ASSIGN(auto whole, whole_cluster(api, card, at));
    found.push_back(std::move(whole));
  }
  TRY(check_clusters(request.clusters, found));
  return found;
}

}  // namespace cadastre::cli
