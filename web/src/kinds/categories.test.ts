import { describe, expect, it } from "vitest";
import { categoryOf, singular } from "./categories";

describe("kinds", () => {
  it.each([
    ["aws.ec2.instance", "Compute"],
    ["aws.ec2.instance_type", "Reference"],
    ["aws.ec2.volume", "Storage"],
    ["aws.ec2.subnet", "Network"],
    ["aws.elbv2.target_group", "Network"],
    ["aws.ssm.managed_instance", "Compute"],
    ["aws.ssm.parameter", "Messaging and operations"],
    ["k8s.pod", "Kubernetes"],
    ["aws.quantum.bit", "Other"],
  ])("%s is %s", (kind, category) => expect(categoryOf(kind)).toBe(category));

  it.each([
    ["EC2 instances", "EC2 instance"],
    ["Firewall policies", "Firewall policy"],
    ["IP addresses", "IP address"],
    ["Load balancers (ALB, NLB, GWLB)", "Load balancer"],
    ["EC2 instance types in use", "EC2 instance type"],
  ])("one of %s is one %s", (many, one) => expect(singular(many)).toBe(one));
});
