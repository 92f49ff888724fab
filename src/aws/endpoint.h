// Where a service lives in a region: its URL, and what the signature names.
//
// The table is made at build time with botocore's own resolver (endpoint rule sets, partitions, endpoints.json), for
// every service and every region of every partition; a region that is newer than the build is resolved with its
// partition's template. Immutable, thread-safe.
#pragma once

#include <map>
#include <optional>
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
  // `table`: the JSON that tools/endpoint_table.py describes. Errors: malformed.
  static Result<Endpoints> parse(std::string_view table);

  // `operation` matters where one lives apart from its service (s3 ListDirectoryBuckets).
  // Errors: invalid (no such region), unsupported (the service has no endpoint there, as far as AWS has published).
  Result<Endpoint> resolve(std::string_view service, std::string_view region, std::string_view operation = {}) const;

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
  struct Partition {
    std::string name, global_region;
    std::vector<std::string> prefixes;         // "us", "eu": regions are PREFIX-word-digits
    std::vector<std::string> regions, pseudo;  // sorted; "aws-global"
  };
  // A service in one partition.
  struct Place {
    Endpoint usual;                                       // texts with {region}; url "" : none
    std::map<std::string, Endpoint, std::less<>> except;  // by region; url "" : none there
    std::optional<std::string> listed;                    // '0' or '1' for each of the partition's regions
  };
  struct Service {
    bool global = false;
    std::vector<Place> places;  // in the order of partitions_
    std::map<std::string, Endpoint, std::less<>>
        other;  // by words that stand for a region and match no partition: "local"
  };

  const Partition* partition_of(std::string_view region) const;
  const Partition* partition_named(std::string_view name) const;
  Error no_region(std::string_view region) const;
  static Endpoint read_endpoint(const json::value& value);
  static std::map<std::string, Endpoint, std::less<>> read_endpoints(const json::value* value);
  static Place read_place(const json::value* value);

  std::vector<Partition> partitions_;
  std::map<std::string, Service, std::less<>> services_;
};

}  // namespace cadastre::aws
