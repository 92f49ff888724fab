// Everything that a collection needs, on a scripted AWS and a store in a temporary folder: the real HTTP client, over
// real sockets.
#pragma once

#include <doctest/doctest.h>

#include "catalog/catalog.h"
#include "collect/run.h"
#include "config/config.h"
#include "net/http_client.h"
#include "scripted_aws/scripted_aws.h"
#include "store/store.h"
#include "support/folder.h"

namespace cadastre::testing {

// Runs on like the machine's clock; its wall time can be set.
class SetClock final : public Clock {
 public:
  Time now() override { return system_clock().now() + Millis(offset_.load()); }
  std::chrono::steady_clock::time_point steady() override { return system_clock().steady(); }
  void move(Millis by) { offset_ += by.count(); }

 private:
  std::atomic<int64_t> offset_ = 0;
};

// Nobody waits for the sake of a test.
inline aws::ClientOptions quick_retries() {
  aws::ClientOptions options;
  options.attempt_timeout = Millis(1500);
  options.backoff_base = Millis(1);
  options.backoff_cap = Millis(5);
  return options;
}

struct RigOptions {
  scripted::ScriptedAwsOptions aws = {.world = {.accounts = 3, .regions = 2, .resources = 500}, .largest_page = 20};
  scripted::ConfigOptions config = {.rate = 0, .kinds = {}};
  aws::ClientOptions client = quick_retries();
  Millis cell_timeout{20'000};
  std::string catalog = {};  // the user's own stanzas
  std::string folder = {};   // keep the store here instead of in a folder of its own
};

// One of each protocol, and what needs second calls.
inline const std::vector<std::string> kKinds = {"aws.ec2.instance",        "aws.ec2.volume",      "aws.rds.instance",
                                                "aws.elbv2.load_balancer", "aws.iam.role",        "aws.ssm.parameter",
                                                "aws.dynamodb.table",      "aws.lambda.function", "aws.s3.bucket",
                                                "aws.route53.record",      "aws.ecs.service"};

const aws::Models& models();

using CellKeys = std::set<store::CellKey>;

class Rig {
 public:
  explicit Rig(RigOptions options = {});

  collect::Report run(bool full = false, std::stop_token stop = {});

  scripted::ScriptedAws aws;
  SetClock clock;
  Folder folder;
  std::string store_path;
  Config config;
  catalog::Catalog catalog;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<aws::Pacer> pacer;
  std::unique_ptr<aws::Client> client;
  aws::Environment environment;
  collect::Progress progress;

  std::string account(size_t index);
  void open_store();
};

// What the store holds live, by id.
std::map<std::string, store::Resource> live(Rig& rig);
std::map<std::string, store::Cell> cells_by_name(Rig& rig);
std::string name_of(const store::CellKey& key);

struct True {
  store::CellKey cell;
  std::string digest, listed_digest;
  std::vector<std::string> listed;  // members of the document that the list says
};
std::map<std::string, True> truth(Rig& rig);

// Holds every cell but `except` to the truth, and of those demands that nothing known is lost; a sentence for each
// thing wrong.
std::string wrong_rows(Rig& rig, const CellKeys& except = {});
// The same for cells whose second calls failed: existence and what the list says must be true.
std::string wrong_lists(Rig& rig, const CellKeys& cells);

}  // namespace cadastre::testing
