// What people look for comes first; what exists by the thousand beside it comes last.
#include "query/evaluate.h"

namespace cadastre::query {
namespace {

constexpr std::string_view kFirst[] = {"aws.ec2.instance",
                                       "aws.rds.instance",
                                       "aws.rds.cluster",
                                       "aws.elbv2.load_balancer",
                                       "aws.elb.load_balancer",
                                       "aws.eks.cluster",
                                       "aws.lambda.function",
                                       "aws.s3.bucket",
                                       "aws.route53.record",
                                       "aws.dynamodb.table",
                                       "aws.sqs.queue",
                                       "aws.sns.topic",
                                       "aws.ecs.service",
                                       "aws.ecs.cluster",
                                       "aws.autoscaling.group",
                                       "aws.cloudfront.distribution",
                                       "aws.redshift.cluster",
                                       "aws.elasticache.cluster",
                                       "k8s.ingress",
                                       "k8s.service",
                                       "k8s.deployment",
                                       "k8s.stateful_set",
                                       "k8s.node"};
constexpr std::string_view kLast[] = {"aws.ec2.volume",
                                      "aws.ec2.network_interface",
                                      "aws.ec2.route_table",
                                      "aws.ec2.network_acl",
                                      "aws.ssm.parameter",
                                      "aws.cloudwatch.alarm",
                                      "aws.ssm.document",
                                      "aws.ec2.image",
                                      "aws.rds.snapshot",
                                      "aws.rds.cluster_snapshot",
                                      "aws.ec2.snapshot",
                                      "k8s.pod",
                                      "k8s.replica_set",
                                      "k8s.endpoint_slice",
                                      "k8s.event"};
constexpr int kMiddle = 100;

}  // namespace

int kind_weight(std::string_view kind) {
  if (auto at = std::ranges::find(kFirst, kind); at != std::end(kFirst)) return static_cast<int>(at - kFirst);
  if (auto at = std::ranges::find(kLast, kind); at != std::end(kLast))
    return kMiddle + 1 + static_cast<int>(at - kLast);
  return kMiddle;
}

}  // namespace cadastre::query
