// Where a service lives in a region: its URL, and what the signature names.
//
// The table is made at build time with botocore's own resolver (endpoint rule sets, partitions, endpoints.json), for every
// service and every region of every partition; a region that is newer than the build is resolved with its partition's template.
// Immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

struct Endpoint {
  std::string url;             // "https://ec2.eu-west-1.amazonaws.com", no trailing slash
  std::string signing_region;  // "us-east-1" for global services
  std::string signing_name;    // "" : the model's
};

class Endpoints {
 public:
  // `table`: the JSON that tools/build_models.py writes. Errors: malformed.
  static Result<Endpoints> parse(std::string_view table);

  // Errors: invalid (no such region), unsupported (the service has no endpoint there, as far as AWS has published).
  Result<Endpoint> resolve(std::string_view service, std::string_view region) const;

  // True when the service is one for all regions (IAM, Route 53, CloudFront, Organizations…).
  bool is_global(std::string_view service) const;
  // Does AWS list the service in that region? Unknown services and services without a published list: true.
  bool available(std::string_view service, std::string_view region) const;
  // "aws", "aws-cn", "aws-us-gov", …; "aws" for regions that match no partition.
  std::string_view partition(std::string_view region) const;
  // Every region of a partition, sorted.
  std::vector<std::string> regions(std::string_view partition) const;
  // The region a partition's global services sign for ("us-east-1").
  std::string_view global_region(std::string_view partition) const;

 private:
  json::value table_;
};

}  // namespace cadastre::aws
