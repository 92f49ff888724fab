import { describe, expect, it } from "vitest";
import type { Cluster, Finding } from "@/api/clusters";
import { clusterTone, dumpFreshness, groupsOf, namespacesOf, narrowed, severityWords, worstFirst } from "./health";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function cluster(name: string, [critical, warning, notice]: number[], more: Partial<Cluster> = {}): Cluster {
  return {
    account: "111111111111",
    cluster: name,
    region: "eu-west-1",
    eks: name,
    as_of: "2026-11-21T11:58:00Z",
    verified_at: "2026-11-21T11:58:00Z",
    last_dump_at: "2026-11-21T11:58:00Z",
    late_since: null,
    resources: { "k8s.namespace": 4 },
    severities: { critical: critical ?? 0, warning: warning ?? 0, notice: notice ?? 0 },
    by_rule: [],
    missing: [],
    ...more,
  };
}

function finding(rule: string, name: string, more: Partial<Finding> = {}): Finding {
  return {
    rule,
    title: rule,
    severity: "warning",
    kind: "k8s.pod",
    id: `k8s.pod/111111111111/prod/shop/${name}`,
    name,
    namespace: "shop",
    reason: "The pod failed",
    since: null,
    evidence: [],
    ...more,
  };
}

describe("clusters", () => {
  it("come with failing ones first, the worst on top, and quiet ones last", () => {
    const order = worstFirst([
      cluster("well", [0, 0, 0]),
      cluster("noted", [0, 0, 9]),
      cluster("unknown", [0, 0, 0], { last_dump_at: null }),
      cluster("warned", [0, 2, 0]),
      cluster("broken", [1, 9, 0]),
      cluster("worst", [7, 0, 0]),
    ]);
    expect(order.map((each) => each.cluster)).toEqual(["worst", "broken", "warned", "unknown", "noted", "well"]);
  });

  it("are not called well when something was not read, or nothing ever came", () => {
    expect(clusterTone(cluster("a", [0, 0, 0]))).toBe("good");
    expect(clusterTone(cluster("a", [0, 0, 0], { missing: ["Pods were refused"] }))).toBe("late");
    expect(clusterTone(cluster("a", [0, 0, 0], { last_dump_at: null }))).toBe("idle");
    expect(clusterTone(cluster("a", [0, 0, 0], { resources: {} }))).toBe("idle");
    expect(clusterTone(cluster("a", [1, 0, 0], { last_dump_at: null }))).toBe("bad");
  });

  it.each([
    ["fresh", "good", "2026-11-21T11:58:00Z", null],
    ["late", "late", "2026-11-21T09:00:00Z", "2026-11-21T09:15:00Z"],
    ["stale", "bad", "2026-11-19T09:00:00Z", "2026-11-19T09:15:00Z"],
    ["no dump yet", "idle", null, "2026-11-21T09:15:00Z"],
  ])("are %s", (word, tone, last_dump_at, late_since) => {
    expect(dumpFreshness({ last_dump_at, late_since }, NOW)).toEqual({ tone, word });
  });

  it("count in words", () => {
    expect(severityWords("critical", 1200)).toBe("1,200 critical");
    expect(severityWords("warning", 1)).toBe("1 warning");
    expect(severityWords("notice", 2)).toBe("2 notices");
  });
});

describe("findings", () => {
  const all = [
    finding("restarts", "cart-1", { since: "2026-11-20T00:00:00Z" }),
    finding("restarts", "cart-2", { since: "2026-11-21T00:00:00Z" }),
    finding("failed", "report", { namespace: "batch", reason: "Deadline exceeded" }),
    finding("unschedulable", "big", { severity: "critical", reason: "0/20 nodes: Insufficient cpu" }),
    finding("node_not_ready", "ip-10-0-0-1", { severity: "critical", namespace: null }),
    finding("node_not_ready", "ip-10-0-0-2", { severity: "critical", namespace: null }),
  ];

  it("stand by rule: severity, then number; within one the newest first", () => {
    const groups = groupsOf(all);
    expect(groups.map(({ rule }) => rule)).toEqual(["node_not_ready", "unschedulable", "restarts", "failed"]);
    expect(groups[2]?.findings.map(({ name }) => name)).toEqual(["cart-2", "cart-1"]);
  });

  it("are narrowed by severity, namespace and words of name or reason", () => {
    const names = (more: Partial<Parameters<typeof narrowed>[1]>) =>
      narrowed(all, { severity: "", namespace: "", text: "", ...more }).map(({ name }) => name);
    expect(names({ severity: "critical", namespace: "shop" })).toEqual(["big"]);
    expect(names({ text: "insufficient CPU" })).toEqual(["big"]);
    expect(names({ namespace: "batch" })).toEqual(["report"]);
    expect(names({ text: "cart failed" })).toEqual(["cart-1", "cart-2"]);
  });

  it("name their namespaces", () => {
    expect(namespacesOf(all)).toEqual([
      { name: "batch", count: 1 },
      { name: "shop", count: 3 },
    ]);
  });
});
