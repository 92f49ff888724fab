// What a request asks: whose, where, which operation, with which parameters. Immutable after making, thread-safe.
#pragma once

#include <optional>
#include <unordered_map>

#include "aws/models.h"
#include "scripted_aws/http_server.h"

namespace cadastre::scripted {

struct Question {
  std::string access_key, region, signing_name;
  const aws::Service* service = nullptr;  // nullptr: not understood
  const aws::Operation* operation = nullptr;
  std::vector<std::pair<std::string, std::string>>
      params;  // by the model's names; lists give several, deeper ones are left out

  std::string param(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
  // Of a paginated operation: the token it was given; "" on a first page.
  std::string token() const;
  std::optional<uint32_t> page_size() const;
};

class Router {
 public:
  // Reads the models of these services (botocore's folder names).
  Router(const aws::Models& models, const std::vector<std::string>& services);
  Question read(const HttpQuestion& http) const;

 private:
  struct Rest {
    const aws::Service* service;
    const aws::Operation* operation;
    std::vector<std::string> path;                           // "{Bucket}" for a label
    std::vector<std::pair<std::string, std::string>> query;  // constant
  };
  using Target = std::pair<const aws::Service*, const aws::Operation*>;

  void read_rest(const HttpQuestion& http, Question& question) const;

  aws::Operation assume_role_;  // no client of ours has it in its models: it hands out credentials
  std::unordered_map<std::string, Target> by_target_;           // "DynamoDB_20120810.ListTables"
  std::unordered_map<std::string, Target> by_action_;           // "ec2/2016-11-15/DescribeVpcs", by signing name
  std::unordered_map<std::string, std::vector<Rest>> by_path_;  // by signing name and method
};

}  // namespace cadastre::scripted
