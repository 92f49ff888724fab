#include "catalog/catalog.h"

#include <doctest/doctest.h>

#include <set>

namespace cadastre::catalog {
namespace {

// The embedded catalogue, every stanza held against AWS's models.
const Catalog& embedded() {
  static aws::Models models;
  static auto catalog = Catalog::load(models, embedded_sources(), {}, true);
  REQUIRE_MESSAGE(catalog, (catalog ? "" : catalog.error().message));
  return *catalog;
}

TEST_CASE("every embedded kind agrees with AWS's model") {
  const auto& kinds = embedded().kinds();
  CHECK(kinds.size() > 50);
  std::set<std::string> names;
  for (const auto& kind : kinds) {
    CAPTURE(kind.name);
    CHECK(names.insert(kind.name).second);
    CHECK(kind.name.starts_with(kind.resource.empty() ? "aws." : "k8s."));
    CHECK_FALSE(kind.title.empty());
    CHECK_FALSE(kind.columns.empty());
    CHECK_FALSE(kind.cli_command.empty());
    std::set<std::string> headers;
    for (const auto& column : kind.columns) CHECK_MESSAGE(headers.insert(column.header).second, column.header);
  }
}

TEST_CASE("the kinds of the mission are there") {
  for (std::string_view name : {"ec2.instance",
                                "ec2.volume",
                                "ec2.snapshot",
                                "ec2.address",
                                "ec2.image",
                                "ec2.vpc",
                                "ec2.subnet",
                                "ec2.security_group",
                                "ec2.network_interface",
                                "ec2.route_table",
                                "ec2.internet_gateway",
                                "ec2.nat_gateway",
                                "s3.bucket",
                                "eks.cluster",
                                "eks.nodegroup",
                                "sagemaker.notebook_instance",
                                "sagemaker.endpoint",
                                "sagemaker.training_job",
                                "sagemaker.model",
                                "sagemaker.domain",
                                "rds.instance",
                                "rds.cluster",
                                "rds.snapshot",
                                "redshift.cluster",
                                "cloudfront.distribution",
                                "route53.hosted_zone",
                                "route53.record",
                                "ssm.parameter",
                                "ssm.managed_instance",
                                "ssm.document",
                                "elbv2.load_balancer",
                                "elbv2.target_group",
                                "elb.load_balancer",
                                "autoscaling.group",
                                "lambda.function",
                                "iam.role",
                                "iam.user",
                                "dynamodb.table",
                                "sqs.queue",
                                "sns.topic",
                                "cloudwatch.alarm",
                                "acm.certificate",
                                "elasticache.cluster",
                                "ecs.service",
                                "ecs.task_definition",
                                "ec2.instance_type",
                                "ec2.network_acl",
                                "ec2.vpc_peering_connection",
                                "ec2.vpc_endpoint",
                                "ec2.transit_gateway_attachment",
                                "network_firewall.firewall",
                                "network_firewall.firewall_policy",
                                "wafv2.web_acl",
                                "route53resolver.endpoint",
                                "route53resolver.rule"}) {
    CHECK_MESSAGE(embedded().find(fmt::format("aws.{}", name)), std::string(name));
  }
}

TEST_CASE("links lead to kinds that are collected, or are known not to be") {
  const std::set<std::string> not_collected = {"aws.apigateway.stage",
                                               "aws.autoscaling.launch_configuration",
                                               "aws.ec2.dhcp_options",
                                               "aws.ec2.key_pair",
                                               "aws.ec2.launch_template",
                                               "aws.ec2.managed_prefix_list",
                                               "aws.ec2.transit_gateway",
                                               "aws.ec2.transit_gateway_route_table",
                                               "aws.ecs.cluster",
                                               "aws.elasticache.replication_group",
                                               "aws.iam.instance_profile",
                                               "aws.kms.key",
                                               "aws.network_firewall.rule_group",
                                               "aws.network_firewall.tls_inspection_configuration",
                                               "aws.secretsmanager.secret",
                                               "aws.servicediscovery.service",
                                               "aws.wafv2.ip_set",
                                               "aws.wafv2.regex_pattern_set",
                                               "aws.wafv2.rule_group"};
  std::set<std::string> used;
  for (const auto& kind : embedded().kinds()) {
    for (const auto& link : kind.links) {
      bool collected = embedded().find(link.to) != nullptr;
      CHECK_MESSAGE((collected || not_collected.contains(link.to)), kind.name, " links to ", link.to);
      if (!collected) used.insert(link.to);
    }
  }
  CHECK(used == not_collected);  // the list has nothing that is collected by now
}

TEST_CASE("secrets have their places marked") {
  auto redacts = [](std::string_view kind, std::string_view path) {
    auto* found = embedded().find(kind);
    REQUIRE(found);
    return std::ranges::any_of(found->redact, [&](const Path& one) { return one.source() == path; });
  };
  CHECK(redacts("aws.lambda.function", "Environment.Variables"));
  CHECK(redacts("aws.ecs.task_definition", "taskDefinition.containerDefinitions[].environment[].value"));
  CHECK(redacts("aws.sagemaker.training_job", "Environment"));
  CHECK(redacts("aws.sagemaker.model", "PrimaryContainer.Environment"));
  CHECK(redacts("aws.sagemaker.model", "Containers[].Environment"));
}

TEST_CASE("kinds are selected by name, without 'aws.', and by globs") {
  auto selected = [](std::string_view pattern) {
    std::vector<std::string> names;
    auto found = embedded().select(pattern);
    REQUIRE_MESSAGE(found, (found ? "" : found.error().message));
    for (auto* kind : *found) names.push_back(kind->name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(selected("aws.ec2.instance") == Names{"aws.ec2.instance"});
  CHECK(selected("ec2.instance") == Names{"aws.ec2.instance"});
  CHECK(selected("eks.*") == Names{"aws.eks.cluster", "aws.eks.nodegroup"});
  CHECK(selected("aws.iam.?ser") == Names{"aws.iam.user"});
  CHECK(selected("*.hosted_zone") == Names{"aws.route53.hosted_zone"});
  CHECK(selected("*").size() == embedded().kinds().size());
  auto unknown = embedded().select("ec2.instnace");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::invalid);
  CHECK(unknown.error().message ==
        "there is no kind 'ec2.instnace' (did you mean 'aws.ec2.instance'?); `cadastre kinds` lists them");
}

TEST_CASE("global services are global without saying so") {
  for (std::string_view name : {"aws.iam.role", "aws.route53.hosted_zone", "aws.cloudfront.distribution"})
    CHECK(embedded().find(name)->global);
  for (std::string_view name : {"aws.ec2.instance", "aws.sqs.queue"}) CHECK_FALSE(embedded().find(name)->global);
}

// A kind with everything a row can have.
Kind kind() {
  auto field = [](std::string_view text) { return *Template::parse_field(text); };
  auto path = [](std::string_view text) { return *Path::parse(text); };
  Kind kind;
  kind.name = "aws.x.thing";
  kind.id = field("Id");
  kind.arn = field("arn:{$partition}:x:{$region}:{$account}:thing/{Id}");
  kind.item_name = field("{tag:Name}");
  kind.state = field("State.Name");
  kind.created = field("Made");
  kind.region = field("Where");
  kind.tags = path("Tags");
  kind.columns = {{"Groups", field("Groups[].Id"), Unit::none},
                  {"Size", field("Size"), Unit::gib},
                  {"Both", field("{Id}/{Size}"), Unit::none}};
  kind.search = {path("Ips"), path("Groups[].Id")};
  kind.links = {{"aws.x.group", path("Groups[].Id"), "*", {}, {}},
                {"aws.x.gate", path("Routes[].To"), "igw-*", {}, {}},
                {"aws.x.role", path("Role"), "*", {}, Link::By::arn}};
  return kind;
}

json::value document() {
  return *parse_json(
      R"({"Id": "t-1", "Made": "2026-01-02T03:04:05Z", "Where": "eu-central-1", "State": {"Name": "on"}, "Size": 8,
    "Tags": [{"Key": "b", "Value": "2"}, {"Key": "Name", "Value": "web"}], "Ips": ["10.0.0.1", "10.0.0.2", "10.0.0.1"], "Role": "",
    "Groups": [{"Id": "g-1"}, {"Id": "g-2"}, {"Id": "g-1"}], "Routes": [{"To": "igw-1"}, {"To": "nat-1"}, {"To": "igw-1"}]})",
      "a test");
}

TEST_CASE("a row is read off a document") {
  auto row = read_row(kind(), document(), {"111111111111", "us-east-1", "aws"});
  CHECK(row.id == "t-1");
  CHECK(row.arn == "arn:aws:x:eu-central-1:111111111111:thing/t-1");  // the region where it lives
  CHECK(row.name == "web");
  CHECK(row.state == "on");
  CHECK(row.region == "eu-central-1");
  CHECK(row.created == parse_rfc3339("2026-01-02T03:04:05Z"));
  CHECK(row.incarnation == "2026-01-02T03:04:05Z");  // when made, unless the stanza knows better
  CHECK(row.tags == std::vector<std::pair<std::string, std::string>>{{"Name", "web"}, {"b", "2"}});
  auto special = kind();
  special.incarnation = *Template::parse_field("Size");
  CHECK(read_row(special, document(), {}).incarnation == "8");
}

TEST_CASE("what a document lacks is empty in its row, and its place is where it was asked") {
  auto row = read_row(kind(), *parse_json(R"({"Id": ""})", "a test"), {"1", "us-east-1", "aws"});
  CHECK(row.id.empty());
  CHECK(row.arn.empty());
  CHECK(row.region == "us-east-1");
  CHECK(row.incarnation.empty());
  CHECK_FALSE(row.created);
  CHECK(row.tags.empty());
}

TEST_CASE("columns, links and searched texts name each value once") {
  Kind one = kind();
  auto text = [&](size_t column) {
    return column_text(one, one.columns[column], document(), {"1", "us-east-1", "aws"});
  };
  CHECK(text(0) == "g-1, g-2");
  CHECK(text(1) == "8");
  CHECK(text(2) == "t-1/8");
  std::vector<std::string> links;
  for (const auto& [link, value] : links_of(one, document())) links.push_back(link->to + " " + value);
  CHECK(links == std::vector<std::string>{"aws.x.group g-1", "aws.x.group g-2", "aws.x.gate igw-1"});
  CHECK(search_texts(one, document()) == std::vector<std::string>{"10.0.0.1", "10.0.0.2", "g-1", "g-2"});
}

}  // namespace
}  // namespace cadastre::catalog
