// Lambda and EKS: the rest-json protocol.
#include "scripted_aws/kinds.h"

namespace cadastre::scripted {
namespace {

using json::array;
using json::object;

Telling tell_function(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = stable_name(s);
  auto arn = fmt::format("arn:aws:lambda:{}:{}:function:{}", s.region, s.account, name);
  object item{
      {"FunctionName", name},
      {"FunctionArn", arn},
      {"Runtime", "python3.12"},
      {"Role", fmt::format("arn:aws:iam::{}:role/{}-lambda", s.account, label.team)},
      {"Handler", "app.handler"},
      {"CodeSize", static_cast<int64_t>(dice.below(50'000'000))},
      {"Description", fmt::format("{} of {}, revision {}", label.service, label.team, s.revision)},
      {"Timeout", 30},
      {"MemorySize", 512},
      {"LastModified", "2025-03-01T10:11:12.000+0000"},
      {"CodeSha256", dice.hex(44)},
      {"Version", "$LATEST"},
      {"VpcConfig", object{{"SubnetIds", array{ec2_id(s, "subnet", 0), ec2_id(s, "subnet", 1)}},
                           {"SecurityGroupIds", array{ec2_id(s, "sg", s.number % 20)}},
                           {"VpcId", ec2_id(s, "vpc", 0)}}},
      {"Environment", object{{"Variables", object{{"STAGE", label.environment}, {"API_KEY", "sk-" + dice.hex(24)}}}}},
      {"TracingConfig", object{{"Mode", "PassThrough"}}},
      {"RevisionId", dice.hex(8) + "-" + dice.hex(12)},
      {"PackageType", "Zip"},
      {"Architectures", array{"x86_64"}},
      {"EphemeralStorage", object{{"Size", 512}}},
      {"LoggingConfig", object{{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + name}}}};
  auto whole = item;
  whole["State"] = "Active";
  whole["LastUpdateStatus"] = "Successful";
  auto tags = tag_map_of(s, label, s.detail);
  auto listed = item;
  // What a collector may keep of a secret is not the secret.
  for (auto& variable : item["Environment"].get_object()["Variables"].get_object()) variable.value() = "hmac:";
  std::vector<Detail> details;
  details.push_back({.output = whole, .adds = {{"State", "Active"}, {"LastUpdateStatus", "Successful"}}});
  details.push_back({.output = object{{"Tags", tags}}, .adds = {{"Tags", tags}}});
  return {std::move(listed), std::move(item), std::move(details)};
}

std::string eks_name(const Subject& s) { return fmt::format("eks-{}", stable_name(s)); }

Telling tell_cluster(const Subject& s) {
  auto dice = dice_of(s);
  auto label = label_of(dice);
  auto name = eks_name(s);
  object cluster{{"name", name},
                 {"arn", fmt::format("arn:aws:eks:{}:{}:cluster/{}", s.region, s.account, name)},
                 {"createdAt", dice.time()},
                 {"version", fmt::format("1.{}", 27 + s.detail % 5)},
                 {"endpoint", fmt::format("https://{}.gr7.{}.eks.amazonaws.com", dice.capitals(32), s.region)},
                 {"roleArn", fmt::format("arn:aws:iam::{}:role/eks", s.account)},
                 {"resourcesVpcConfig", object{{"subnetIds", array{ec2_id(s, "subnet", 0), ec2_id(s, "subnet", 1)}},
                                               {"securityGroupIds", array{}},
                                               {"clusterSecurityGroupId", ec2_id(s, "sg", 1)},
                                               {"vpcId", ec2_id(s, "vpc", 0)},
                                               {"endpointPublicAccess", true},
                                               {"endpointPrivateAccess", true},
                                               {"publicAccessCidrs", array{"0.0.0.0/0"}}}},
                 {"kubernetesNetworkConfig", object{{"serviceIpv4Cidr", "172.20.0.0/16"}, {"ipFamily", "ipv4"}}},
                 {"identity", object{{"oidc", object{{"issuer", fmt::format("https://oidc.eks.{}.amazonaws.com/id/{}",
                                                                            s.region, dice.capitals(32))}}}}},
                 {"status", "ACTIVE"},
                 {"certificateAuthority", object{{"data", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"}}},
                 {"platformVersion", "eks.5"},
                 {"tags", tag_map_of(s, label, s.detail)}};
  object item{{"name", name}};
  std::vector<Detail> details;
  details.push_back({.output = object{{"cluster", cluster}}, .adds = cluster});
  return {json::value(name), std::move(item), std::move(details)};
}

}  // namespace

void add_rest_json_kinds(std::vector<KindFacts>& kinds) {
  kinds.push_back(
      {.name = "aws.lambda.function",
       .service = "lambda",
       .weight = 2,
       .list_call = "ListFunctions",
       .list_member = "Functions",
       .page_size = 50,
       .largest_page = 50,
       .named = true,
       .seconds =
           {{.operation = "GetFunctionConfiguration",
             .parameter = "FunctionName",
             .unknown = "ResourceNotFoundException"},
            {.operation = "ListTags", .parameter = "Resource", .after = ":", .unknown = "ResourceNotFoundException"}},
       .native = stable_name,
       .tell = tell_function});
  kinds.push_back(
      {.name = "aws.eks.cluster",
       .service = "eks",
       .weight = 0.1,
       .list_call = "ListClusters",
       .list_member = "clusters",
       .page_size = 100,
       .largest_page = 100,
       .named = true,
       .seconds = {{.operation = "DescribeCluster", .parameter = "name", .unknown = "ResourceNotFoundException"}},
       .native = eks_name,
       .tell = tell_cluster});
}

}  // namespace cadastre::scripted
