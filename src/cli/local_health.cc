#include "cli/local_health.h"

#include "base/text.h"
#include "kubernetes/expected.h"
#include "kubernetes/health_json.h"

namespace cadastre::cli {

Result<std::vector<json::object>> local_clusters(App& app, const Source::ClustersRequest& request) {
  TRY_ASSIGN(auto rules, kubernetes::HealthRules::load(app.catalog));
  kubernetes::HealthQuestion question{.clusters = request.clusters,
                                      .accounts = {},
                                      .at = request.at,
                                      .expected = kubernetes::expected_clusters(app.config.kubernetes)};
  TRY_ASSIGN(auto accounts, app.store->cells().accounts());
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& account : accounts) rows.emplace_back(account.id, account.name);
  TRY_ASSIGN(question.accounts, account_ids(request.accounts, rows));
  TRY_ASSIGN(auto clusters, health_of(rules, *app.store, question, app.clock.now()));
  std::vector<json::object> found;
  for (const auto& health : clusters) {
    auto card = card_json(rules, health);
    json::array findings;
    for (const auto& finding : health.worst) findings.push_back(finding_json(rules, finding));
    card["findings"] = std::move(findings);
    found.push_back(std::move(card));
  }
  TRY(check_clusters(request.clusters, found));
  return found;
}

Result<std::vector<std::string>> account_ids(const std::vector<std::string>& wanted,
                                             const std::vector<std::pair<std::string, std::string>>& rows) {
  std::vector<std::string> ids;
  for (const auto& one : wanted) {
    auto known = std::ranges::find_if(rows, [&](const auto& row) { return row.first == one || row.second == one; });
    if (known == rows.end())
      return fail(ErrorCode::invalid,
                  fmt::format("there is no account '{}'; `cadastre accounts` lists them", printable(one)));
    ids.push_back(known->first);
  }
  return ids;
}

Result<void> check_clusters(const std::vector<std::string>& wanted, const std::vector<json::object>& found) {
  for (const auto& one : wanted) {
    bool known = std::ranges::any_of(found, [&](const auto& card) { return scalar_text(card.at("cluster")) == one; });
    if (!known)
      return fail(ErrorCode::invalid,
                  fmt::format("there is no cluster '{}'; `cadastre report k8s` lists them", printable(one)));
  }
  return {};
}

}  // namespace cadastre::cli
