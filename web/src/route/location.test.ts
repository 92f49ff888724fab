import { describe, expect, it } from "vitest";
import { parseLocation, patched } from "./location";
import { resourceHref, resourceIdOf } from "./hrefs";

describe("places", () => {
  it("reads path and query, and survives what is no UTF-8", () => {
    const place = parseLocation("/resources/aws.s3.bucket/%E0%A4%A/x?q=a%20b");
    expect(place.parts).toEqual(["resources", "aws.s3.bucket", "%E0%A4%A", "x"]);
    expect(place.query.get("q")).toBe("a b");
  });

  it("changes one thing of the query and keeps the rest readable", () => {
    expect(patched("/search?q=web&at=2026-11-20T10:00:00Z", { q: "state:running" })).toBe(
      "/search?q=state:running&at=2026-11-20T10:00:00Z",
    );
    expect(patched("/search?q=web&sort=name", { q: "", sort: null })).toBe("/search");
  });
});

describe("resources have one address each", () => {
  it.each([
    ["aws.ec2.instance/111111111111/eu-west-1/i-0abc", "/resources/aws.ec2.instance/111111111111/eu-west-1/i-0abc"],
    [
      "aws.route53.record/111111111111/global//hostedzone/Z1/a b?c#d%/A/",
      "/resources/aws.route53.record/111111111111/global/%2Fhostedzone%2FZ1%2Fa%20b%3Fc%23d%25%2FA%2F",
    ],
    [
      "aws.elbv2.load_balancer/1/us-east-1/arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/50dc",
      "/resources/aws.elbv2.load_balancer/1/us-east-1/arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer%2Fapp%2Fweb%2F50dc",
    ],
  ])("%s", (id, href) => {
    expect(resourceHref(id)).toBe(href);
    expect(resourceIdOf(parseLocation(href).parts)).toBe(id);
  });

  it("takes an ARN or a bare id after the kind", () => {
    const arn = "arn:aws:ec2:eu-west-1:111111111111:instance/i-0abc";
    expect(resourceIdOf(parseLocation(`/resources/aws.ec2.instance/${arn}`).parts)).toBe(arn);
    expect(resourceIdOf(parseLocation("/resources/aws.ec2.instance/i-0abc").parts)).toBe("i-0abc");
  });
});
