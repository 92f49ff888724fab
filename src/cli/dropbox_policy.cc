// cadastre iam-policy --dropbox: what reading the drop-boxes of the configuration needs, bucket by bucket.
#include <set>

#include "base/text.h"
#include "cli/app.h"

namespace cadastre::cli {
namespace {

std::string partition_of(const aws::Models& models, const std::string& region) {
  return std::string(models.endpoints().partition(region));
}

// "https://sqs.eu-west-1.amazonaws.com/111111111111/NAME" → its ARN; any queue of that name where the URL says less.
std::string queue_arn(const std::string& partition, const DropboxConfig& box) {
  auto parts = split(box.queue, '/');
  auto name = parts.back();
  auto account = parts.size() > 4 && is_account_id(parts[parts.size() - 2]) ? parts[parts.size() - 2] : "*";
  return fmt::format("arn:{}:sqs:{}:{}:{}", partition, box.region, account, name);
}

json::object statement(std::string sid, std::initializer_list<std::string_view> actions, json::array resources) {
  json::array list;
  for (auto action : actions) list.emplace_back(action);
  return {
      {"Sid", std::move(sid)}, {"Effect", "Allow"}, {"Action", std::move(list)}, {"Resource", std::move(resources)}};
}

json::object policy(const aws::Models& models, const KubernetesConfig& config) {
  json::array buckets, objects, queues, keys;
  std::set<std::string> services;
  for (const auto& box : config.dropboxes) {
    auto partition = partition_of(models, box.region);
    buckets.emplace_back(fmt::format("arn:{}:s3:::{}", partition, box.bucket));
    objects.emplace_back(fmt::format("arn:{}:s3:::{}/*", partition, box.bucket));
    if (!box.queue.empty()) queues.emplace_back(queue_arn(partition, box));
    services.insert(fmt::format("s3.{}.amazonaws.com{}", box.region, partition == "aws-cn" ? ".cn" : ""));
  }
  for (const auto& service : services) keys.emplace_back(service);
  json::array statements{statement("CadastreDropboxList", {"s3:ListBucket"}, std::move(buckets)),
                         statement("CadastreDropboxRead", {"s3:GetObject"}, std::move(objects))};
  if (!queues.empty()) {
    statements.push_back(
        statement("CadastreDropboxQueue", {"sqs:ReceiveMessage", "sqs:DeleteMessage"}, std::move(queues)));
  }
  // Which key a bucket has is not known here: any, but only for what S3 hands out.
  auto decrypt = statement("CadastreDropboxDecrypt", {"kms:Decrypt"}, {"*"});
  decrypt["Condition"] = json::object{{"StringEquals", json::object{{"kms:ViaService", std::move(keys)}}}};
  statements.push_back(std::move(decrypt));
  return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

}  // namespace

int run_dropbox_policy(const GlobalOptions& global) {
  auto config = load_config(config_path(global), process_environment());
  if (!config) return report_error(config.error(), global.verbose);
  if (config->kubernetes.dropboxes.empty()) {
    return report_error({ErrorCode::invalid,
                         fmt::format("{} has no drop-box; add one under 'kubernetes: dropboxes'", config->file),
                         {}},
                        global.verbose);
  }
  aws::Models models;
  print(to_pretty_json(policy(models, config->kubernetes)) + "\n");
  return kOk;
}

}  // namespace cadastre::cli
