// Kubernetes clusters: how each fares, what is wrong in it, how it fared, and the dumps that told it.
#include "api/answer.h"
#include "api/audit.h"
#include "api/question.h"
#include "base/text.h"
#include "kubernetes/findings_page.h"
#include "kubernetes/health_board.h"
#include "kubernetes/health_history.h"
#include "kubernetes/health_json.h"
#include "kubernetes/ledger.h"

namespace cadastre::api {
namespace {

using kubernetes::ClusterHealth;

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(format_time(*time)) : json::value(nullptr);
}

Result<kubernetes::HealthBoard*> board_of(const Call& call) {
  if (!call.services.health) return fail(ErrorCode::unsupported, "this server keeps no record of Kubernetes clusters");
  return call.services.health;
}

std::unexpected<Error> unknown(const std::string& cluster) {
  return fail(ErrorCode::not_found,
              fmt::format("there is no cluster '{}'; /api/v1/clusters lists them", printable(cluster)));
}

// Those of the asker's accounts, now or then; of one account and name when given.
Result<std::vector<ClusterHealth>> clusters_of(const Call& call, const std::string& account, const std::string& name) {
  TRY_ASSIGN(auto* board, board_of(call));
  TRY_ASSIGN(auto at, time_of(call, "at"));
  auto sees = [&](const std::string& one) { return call.scope().sees(one) && (account.empty() || one == account); };
  TRY_ASSIGN(auto now, board->all(sees));
  std::vector<ClusterHealth> found;
  for (const auto& health : now) {
    if (!name.empty() && health->cluster != name) continue;
    if (!at) {
      found.push_back(*health);
      continue;
    }
    TRY_ASSIGN(auto then, board->then({health->account}, {health->cluster}, *at));
    for (auto& one : then) found.push_back(std::move(one));
  }
  return found;
}

Result<ServerResponse> list_clusters(const Call& call) {
  TRY_ASSIGN(auto* board, board_of(call));
  TRY_ASSIGN(auto clusters, clusters_of(call, "", ""));
  json::array rows;
  for (const auto& health : clusters) rows.push_back(card_json(board->rules(), health));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

json::object cell_json(const store::Cell& cell) {
  return {{"kind", cell.key.kind},
          {"outcome", store::to_string(cell.outcome)},
          {"message", cell.message},
          {"resources", cell.resources},
          {"attempted_at", time_or_null(cell.attempted)},
          {"verified_at", time_or_null(cell.verified)},
          {"unverified_since", time_or_null(cell.unverified_since)}};
}

Result<ServerResponse> get_cluster(const Call& call) {
  constexpr size_t kUsual = 100, kMost = 500;
  const auto &account = call.captured(0), &name = call.captured(1);
  TRY_ASSIGN(auto* board, board_of(call));
  TRY_ASSIGN(auto clusters, clusters_of(call, account, name));
  if (clusters.empty()) return unknown(name);
  const auto& health = clusters.front();
  json::array rows;
  TRY_ASSIGN(auto limit, limit_of(call, kUsual, kMost));
  TRY_ASSIGN(auto page, kubernetes::findings_page(board->rules(), health.worst, text_of(call, "cursor"), limit));
  TRY_ASSIGN(auto cells, call.services.store.cells().list());
  for (const auto& cell : cells) {
    if (cell.key.account == account && cell.key.region == name && cell.key.kind.starts_with("k8s."))
      rows.push_back(cell_json(cell));
  }
  auto answer = card_json(board->rules(), health);
  answer["findings"] = std::move(page.rows);
  answer["total"] = health.worst.size();
  answer["next"] = page.next.empty() ? json::value(nullptr) : json::value(page.next);
  answer["cells"] = std::move(rows);
  return json_answer(answer);
}

// Whether the asker may know of the cluster at all.
Result<void> check_known(const Call& call) {
  const auto &account = call.captured(0), &name = call.captured(1);
  TRY_ASSIGN(auto* board, board_of(call));
  TRY_ASSIGN(auto all, board->all([&](const auto& one) { return one == account && call.scope().sees(one); }));
  bool known = std::ranges::any_of(all, [&](const auto& health) { return health->cluster == name; });
  if (!known) return unknown(name);
  return {};
}

// Dumps are known by the cluster's name alone: who may not see every cluster of that name sees none of its dumps.
Result<void> check_dumps(const Call& call) {
  TRY(check_known(call));
  TRY_ASSIGN(auto cells, call.services.store.cells().list());
  for (const auto& cell : cells) {
    bool same = cell.key.region == call.captured(1) && cell.key.kind.starts_with("k8s.");
    if (same && !call.scope().sees(cell.key.account)) return unknown(call.captured(1));
  }
  return {};
}

json::object moment_json(const kubernetes::HealthMoment& moment) {
  json::object findings, resources;
  for (const auto& [rule, count] : moment.findings) findings[rule] = count;
  for (const auto& [kind, count] : moment.resources) resources[kind] = count;
  return {{"at", format_time(moment.at)},
          {"findings", std::move(findings)},
          {"resources", std::move(resources)},
          {"severities", kubernetes::severities_json(moment.severities)}};
}

Result<ServerResponse> get_history(const Call& call) {
  constexpr auto kUsual = std::chrono::hours(48);
  TRY(check_known(call));
  TRY_ASSIGN(auto since, time_of(call, "since"));
  TRY_ASSIGN(auto until, time_of(call, "until"));
  auto word = text_of(call, "step");
  if (!word.empty() && word != "hour" && word != "day")
    return fail(ErrorCode::invalid, fmt::format("step is 'hour' or 'day', not '{}'", printable(word)));
  auto to = until.value_or(call.services.clock.now() + Millis(1));
  TRY_ASSIGN(auto steps,
             health_history(call.services.store, call.captured(0), call.captured(1), since.value_or(to - kUsual), to,
                            word == "day" ? kubernetes::Step::day : kubernetes::Step::hour));
  json::array rows;
  for (const auto& step : steps) {
    auto row = moment_json(step.last);
    row["worst"] = moment_json(step.worst);
    rows.push_back(std::move(row));
  }
  return json_answer(json::object{{"rows", std::move(rows)}});
}

json::object dump_json(const store::DumpRow& dump) {
  json::object row{{"dump", dump.dump},
                   {"place", dump.place},
                   {"state", store::to_string(dump.state)},
                   {"reason", dump.reason.empty() ? json::value(nullptr) : json::value(dump.reason)},
                   {"tries", dump.tries},
                   {"seen_at", format_time(dump.seen)},
                   {"settled_at", time_or_null(dump.settled)},
                   {"report", nullptr}};
  if (!dump.report.empty()) {
    if (auto report = parse_json(dump.report, "a dump's report")) row["report"] = std::move(*report);
  }
  return row;
}

Result<std::optional<store::DumpState>> state_of(const Call& call) {
  auto word = text_of(call, "state");
  if (word.empty()) return std::nullopt;
  for (auto state : {store::DumpState::waiting, store::DumpState::done, store::DumpState::poison}) {
    if (word == store::to_string(state)) return state;
  }
  return fail(ErrorCode::invalid, fmt::format("state is waiting, done or poison, not '{}'", printable(word)));
}

Result<ServerResponse> list_dumps(const Call& call) {
  constexpr size_t kUsual = 50, kMost = 500;
  TRY(check_dumps(call));
  TRY_ASSIGN(auto limit, limit_of(call, kUsual, kMost));
  TRY_ASSIGN(auto state, state_of(call));
  TRY_ASSIGN(auto dumps, call.services.store.clusters().dumps(call.captured(1), state, limit));
  json::array rows;
  for (const auto& dump : dumps) rows.push_back(dump_json(dump));
  return json_answer(json::object{{"rows", std::move(rows)}});
}

Result<ServerResponse> retry(const Call& call) {
  TRY(check_dumps(call));
  const auto &cluster = call.captured(1), &dump = call.captured(2);
  TRY_ASSIGN(auto row, kubernetes::retry_dump(call.services.store.clusters(), cluster, dump));
  TRY(note(call, "dump retried", fmt::format("{} of cluster {}", dump, cluster)));
  return json_answer(dump_json(row), 202);
}

}  // namespace

Routes cluster_routes() {
  using enum auth::Permission;
  constexpr std::string_view kTag = "clusters";
  return {{"GET",
           "/api/v1/clusters",
           read,
           kTag,
           "listClusters",
           "How each Kubernetes cluster fares",
           {"at"},
           list_clusters},
          {"GET",
           "/api/v1/clusters/{account}/{cluster}",
           read,
           kTag,
           "getCluster",
           "What is wrong in a cluster, with reasons and evidence",
           {"at", "limit", "cursor"},
           get_cluster},
          {"GET",
           "/api/v1/clusters/{account}/{cluster}/health",
           read,
           kTag,
           "listClusterHealth",
           "How a cluster fared, by hour or day",
           {"since", "until", "step"},
           get_history},
          {"GET",
           "/api/v1/clusters/{account}/{cluster}/dumps",
           read,
           kTag,
           "listDumps",
           "The dumps of a cluster and what became of them, the latest first",
           {"state", "limit"},
           list_dumps},
          {"POST",
           "/api/v1/clusters/{account}/{cluster}/dumps/{dump}/retry",
           collect,
           kTag,
           "retryDump",
           "Read a dump again that was set aside",
           {},
           retry}};
}

}  // namespace cadastre::api
