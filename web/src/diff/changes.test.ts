import { describe, expect, it } from "vitest";
import { causeTitle, headline, riskOf, valueText } from "./changes";

describe("changes in words", () => {
  it.each([
    [[{ path: "State.Name", before: "running", after: "stopped" }], "State.Name: running → stopped"],
    [
      [
        { path: "Tags[env]", after: "prod" },
        { path: "X", before: 1, after: 2 },
      ],
      "Tags[env] added and 1 more",
    ],
    [[{ path: "KeyName", before: "old" }], "KeyName removed"],
    [[], "Gone"],
  ])("%j", (differences, text) => expect(headline(differences, "closed")).toBe(text));

  it("cut long values and keep types apart", () => {
    expect(valueText("x".repeat(100))).toHaveLength(60);
    expect(valueText(null)).toBe("null");
    expect(valueText({ a: 1 })).toBe('{"a":1}');
  });

  it("name causes that are new, too", () => expect(causeTitle("account_closed")).toBe("Account closed"));
});

describe("what to look at", () => {
  it.each([
    [
      "aws.ec2.security_group",
      "IpPermissions[0].IpRanges[0.0.0.0/0]",
      { CidrIp: "0.0.0.0/0" },
      "opened to the internet",
    ],
    ["aws.ec2.security_group", "IpPermissions[0].IpRanges[10.0.0.0/8]", { CidrIp: "10.0.0.0/8" }, "firewall rule"],
    ["aws.ec2.security_group", "Tags[team]", "x", null],
    ["aws.ec2.instance", "InstanceType", "m5.large", "size or runtime"],
    ["aws.ec2.instance", "State.Name", "stopped", null],
    ["aws.route53.record", "ResourceRecords", [], "DNS"],
    ["aws.iam.role", "AssumeRolePolicyDocument.Statement", [], "who may assume the role"],
  ])("%s %s", (kind, path, after, says) => expect(riskOf(kind, [{ path, after }])).toBe(says));
});
