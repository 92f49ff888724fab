// Where kinds stand in the navigation. The catalogue knows services; people think of what a thing is for.

import type { Kind } from "@/api/types";
import { alphabetical } from "@/base/text";

// The first pattern that a kind's name begins with decides.
const CATEGORIES: [string, string[]][] = [
  [
    "Compute",
    ["aws.ec2.instance", "aws.ec2.image", "aws.autoscaling.", "aws.lambda.", "aws.ssm.managed", "aws.batch."],
  ],
  ["Containers", ["aws.eks.", "aws.ecs.", "aws.ecr."]],
  ["Kubernetes", ["k8s."]],
  ["Storage", ["aws.s3.", "aws.ec2.volume", "aws.ec2.snapshot", "aws.efs.", "aws.fsx.", "aws.backup."]],
  ["Databases", ["aws.rds.", "aws.dynamodb.", "aws.redshift.", "aws.elasticache.", "aws.docdb.", "aws.neptune."]],
  [
    "Network",
    [
      "aws.ec2.",
      "aws.elb",
      "aws.route53",
      "aws.cloudfront.",
      "aws.network_firewall.",
      "aws.apigateway",
      "aws.globalaccelerator.",
      "aws.directconnect.",
    ],
  ],
  ["Security", ["aws.iam.", "aws.acm.", "aws.kms.", "aws.wafv2.", "aws.secretsmanager.", "aws.guardduty."]],
  ["Machine learning", ["aws.sagemaker.", "aws.bedrock."]],
  [
    "Messaging and operations",
    ["aws.sqs.", "aws.sns.", "aws.cloudwatch.", "aws.logs.", "aws.ssm.", "aws.events.", "aws.kinesis."],
  ],
];
// Not things one owns, but what there is to choose from: last, wherever they would stand.
const REFERENCE = ["aws.ec2.instance_type"];

export interface Category {
  name: string;
  kinds: Kind[];
}

export function categoryOf(kind: string): string {
  if (REFERENCE.includes(kind)) return "Reference";
  return CATEGORIES.find(([, starts]) => starts.some((start) => kind.startsWith(start)))?.[0] ?? "Other";
}

// In the order above, kinds by title.
export function categorise(kinds: Kind[]): Category[] {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const name = categoryOf(kind.name);
    const group = groups.get(name);
    if (group) group.push(kind);
    else groups.set(name, [kind]);
  }
  const names = [...CATEGORIES.map(([name]) => name), "Other", "Reference"];
  return names.flatMap((name) => {
    const group = groups.get(name);
    return group ? [{ name, kinds: group.sort((a, b) => alphabetical(a.title, b.title)) }] : [];
  });
}

// "aws.ec2.instance" as one says it where the title is not known.
export function shortKind(kind: string): string {
  return kind.replace(/^aws\./, "");
}

// "EC2 instances" of one thing: "EC2 instance". Titles are plural.
export function singular(plain: string): string {
  const title = plain.replace(/ \(.*\)$| in use$/, "");
  if (/ies$/.test(title)) return title.replace(/ies$/, "y");
  if (/(sses|xes|ches)$/.test(title)) return title.replace(/es$/, "");
  return title.replace(/s$/, "");
}
