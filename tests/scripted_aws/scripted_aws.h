// The scripted AWS: a made-up organisation behind a real socket, answering in AWS's own protocols, and breaking on
// request.
//
//   ScriptedAws aws(models, {.options = {.accounts = 3, .regions = 2, .resources = 500}});
//   aws.set_faults({{.kind = FaultKind::throttle, .operation = "DescribeVolumes", .times = 3}});
//   … AWS_ENDPOINT_URL=aws.url() …
//
// Thread-safe. Signatures are not checked; an access key's id is "AKIA" (or of a session "ASIA") and the account's id.
#pragma once

#include <mutex>
#include <set>

#include "scripted_aws/answers.h"
#include "scripted_aws/faults.h"
#include "scripted_aws/question.h"
#include "scripted_aws/world.h"

namespace cadastre::scripted {

struct ScriptedAwsOptions {
  WorldOptions world = {};
  Millis latency{0};
  uint16_t port = 0;
  uint32_t largest_page = UINT32_MAX;  // no page is larger, so that small worlds have many
};

struct ConfigOptions {
  enum class Access { keys, roles, organization } access = Access::keys;
  std::string store = "sqlite:./cadastre.db";
  std::optional<double> rate;
  bool only_our_kinds = false;          // leave out the kinds of which the world has nothing
  std::vector<std::string> kinds = {};  // exactly these
  std::string more = {};                // further lines
};

class ScriptedAws {
 public:
  ScriptedAws(const aws::Models& models, const ScriptedAwsOptions& options);
  ~ScriptedAws();

  std::string url() const { return server_->url(); }
  uint16_t port() const { return server_->port(); }
  uint64_t bytes_sent() const { return server_->bytes_sent(); }

  // While `use` runs nothing is answered.
  template <typename Use>
  auto with_world(Use use) {
    std::lock_guard lock(mutex_);
    return use(world_);
  }
  Changes mutate(uint64_t round, double rate);
  void render_all();  // every list, so that the first reader does not wait for it

  void set_faults(std::vector<Fault> faults);
  std::vector<Fault> faults() const;
  Counts counts() const;
  void clear_counts();
  uint64_t sessions_issued() const;

  // A cadastre.yaml for this world. roles and organization need the key of management_key_id() in the environment.
  std::string config_yaml(const ConfigOptions& options = {});
  std::string management_key_id();

 private:
  struct ListOf {
    const KindFacts* kind;
  };
  struct SecondOf {
    const KindFacts* kind;
    size_t index;
  };
  // How a fault bends an answer that is otherwise right.
  struct Bend {
    bool empty_page = false, repeat_token = false;
    std::string bucket_region = {};
  };

  HttpAnswer answer(const HttpQuestion& http);
  HttpAnswer answer_call(const Question& question, const std::string& account, const Bend& bend);
  HttpAnswer list_answer(const KindFacts& kind, const Question& question, const std::string& account, const Bend& bend);
  HttpAnswer second_answer(const KindFacts& kind, size_t index, const Question& question, const std::string& account,
                           const Bend& bend);
  HttpAnswer sts_answer(const Question& question, const std::string& account);
  HttpAnswer regions_answer(const Question& question, const std::string& account);
  HttpAnswer organization_answer(const Question& question);
  HttpAnswer admin_answer(const HttpQuestion& http);
  std::string_view element(const Question& question, WorldCell& cell, Entry& entry);

  mutable std::mutex mutex_;
  World world_;
  Faults faults_;
  Counts counts_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> sessions_;  // access key → issued
  uint64_t sessions_issued_ = 0;
  std::unordered_map<std::string, const KindFacts*> lists_;         // "ec2/DescribeVpcs"
  std::unordered_map<std::string, std::vector<SecondOf>> seconds_;  // "elbv2/DescribeTags"
  const aws::Models& models_;
  Router router_;
  uint32_t largest_page_;
  std::unique_ptr<HttpServer> server_;  // last: its thread uses all of the above
};

// A page's token, opaque to clients.
std::string page_token(size_t offset, bool after_empty);

}  // namespace cadastre::scripted
