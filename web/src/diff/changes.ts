// A change in words: what was, and what is now, for each path that differs.

import type { Difference } from "@/api/types";

const LONGEST = 60;

export function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === undefined) return "";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

export type Sort = "added" | "removed" | "changed";

export function sortOf(difference: Difference): Sort {
  if (difference.before === undefined) return "added";
  return difference.after === undefined ? "removed" : "changed";
}

// Causes of versions (store/store.h), as a title.
const CAUSES: Record<string, string> = {
  opened: "First seen",
  changed: "Changed",
  closed: "Gone",
  replaced: "Replaced by a new one",
  epoch: "Read anew by a newer release",
  retired: "Account retired",
};

export function causeTitle(cause: string): string {
  return CAUSES[cause] ?? cause.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
}

// One line for a list: the first differences, and how many more.
export function headline(differences: Difference[], cause: string): string {
  const first = differences[0];
  if (!first) return causeTitle(cause);
  const rest = differences.length - 1;
  const more = rest > 0 ? ` and ${rest} more` : "";
  switch (sortOf(first)) {
    case "added":
      return `${first.path} added${more}`;
    case "removed":
      return `${first.path} removed${more}`;
    default:
      return `${first.path}: ${valueText(first.before)} → ${valueText(first.after)}${more}`;
  }
}

// What somebody on duty should look at: rules over kind and path. Data, in the order in which they are tried.
interface Rule {
  kinds: RegExp;
  path?: RegExp;
  holds?: (difference: Difference) => boolean;
  says: string;
}

const opensToAll = ({ after }: Difference) => /0\.0\.0\.0\/0|::\/0/.test(JSON.stringify(after) ?? "");

const RULES: Rule[] = [
  {
    kinds: /^aws\.ec2\.security_group$/,
    path: /^IpPermissions(\[|\.|$)/,
    holds: opensToAll,
    says: "opened to the internet",
  },
  { kinds: /^aws\.ec2\.security_group$/, path: /^IpPermissions/, says: "firewall rule" },
  { kinds: /^aws\.(ec2\.network_acl|network_firewall\.|wafv2\.)/, says: "firewall rule" },
  { kinds: /^aws\.iam\.role$/, path: /AssumeRolePolicy/, says: "who may assume the role" },
  { kinds: /^aws\.iam\./, path: /Polic/, says: "permissions" },
  { kinds: /^aws\.s3\.bucket$/, path: /Policy|PublicAccess|Acl|Encryption|Versioning/, says: "bucket protection" },
  { kinds: /^aws\.ec2\.(route_table|vpc_peering_connection|internet_gateway|nat_gateway)$/, says: "routing" },
  { kinds: /^aws\.route53\./, says: "DNS" },
  {
    kinds: /^aws\.rds\./,
    path: /PubliclyAccessible|DeletionProtection|BackupRetention|MultiAZ/,
    says: "database protection",
  },
  {
    kinds: /^aws\.(ec2\.instance|rds\.|lambda\.)/,
    path: /InstanceType|InstanceClass|Runtime|MemorySize/,
    says: "size or runtime",
  },
];

export function riskOf(kind: string, differences: Difference[]): string | null {
  for (const rule of RULES) {
    if (!rule.kinds.test(kind)) continue;
    const path = rule.path;
    const hit = path
      ? differences.some((difference) => path.test(difference.path) && (rule.holds?.(difference) ?? true))
      : differences.length > 0;
    if (hit) return rule.says;
  }
  return null;
}
