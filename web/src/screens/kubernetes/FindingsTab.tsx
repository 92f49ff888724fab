// What fails, by rule and the worst first; beside it how that moved, what was not read, and what there is.

import { useMemo } from "react";
import type { ClusterDetail } from "@/api/clusters";
import { formatCount, plural } from "@/base/format";
import { useKinds } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { change, useLocation } from "@/route/location";
import { useAt } from "@/time/instant";
import { Icon } from "@/ui/icons";
import { Notice } from "@/ui/notices";
import { kindOfCluster } from "./ClusterCards";
import { FindingGroup } from "./FindingGroup";
import { groupsOf, namespacesOf, narrowed, severityWords, SEVERITIES } from "./health";
import { History } from "./History";

function Filters({ detail, shown }: { detail: ClusterDetail; shown: number }) {
  const { query } = useLocation();
  const severity = query.get("severity") ?? "";
  const namespace = query.get("namespace") ?? "";
  const rule = query.get("rule");
  const title = detail.by_rule.find((each) => each.rule === rule)?.title ?? rule;
  const any = severity || namespace || rule || query.get("q");
  return (
    <div className="finding-filters">
      <div className="segmented" role="group" aria-label="Severity">
        <button type="button" aria-pressed={severity === ""} onClick={() => change({ severity: null })}>
          All
        </button>
        {SEVERITIES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={severity === each}
            disabled={detail.severities[each] === 0 && severity !== each}
            onClick={() => change({ severity: severity === each ? null : each })}
          >
            {severityWords(each, detail.severities[each])}
          </button>
        ))}
      </div>
      <select
        className="plain-input"
        aria-label="Namespace"
        value={namespace}
        onChange={(event) => change({ namespace: event.currentTarget.value })}
      >
        <option value="">Namespace: all</option>
        {namespacesOf(detail.findings).map(({ name, count }) => (
          <option key={name} value={name}>
            {name} ({formatCount(count)})
          </option>
        ))}
      </select>
      <div className="query-box finding-find">
        <Icon name="filter" size={14} className="query-icon" />
        <input
          className="json-find-input"
          aria-label="Find a finding"
          placeholder="Name or reason"
          value={query.get("q") ?? ""}
          onChange={(event) => change({ q: event.currentTarget.value }, { replace: true })}
        />
      </div>
      {rule && (
        <button type="button" className="chip accent" onClick={() => change({ rule: null })}>
          {title}
          <Icon name="close" size={11} />
          <span className="visually-hidden">: show all rules</span>
        </button>
      )}
      {any && (
        <>
          <span className="dim">
            {formatCount(shown)} of {plural(detail.total, "finding")}
          </span>
          <button
            type="button"
            className="button quiet small"
            onClick={() => change({ severity: null, namespace: null, rule: null, q: null })}
          >
            Clear
          </button>
        </>
      )}
    </div>
  );
}

function Findings({ detail }: { detail: ClusterDetail }) {
  const { query } = useLocation();
  const at = useAt();
  const rule = query.get("rule");
  const severity = query.get("severity") ?? "";
  const namespace = query.get("namespace") ?? "";
  const text = query.get("q") ?? "";
  const shown = useMemo(
    () => narrowed(detail.findings, { severity, namespace, text }).filter((finding) => !rule || finding.rule === rule),
    [detail.findings, severity, namespace, text, rule],
  );
  const groups = useMemo(() => groupsOf(shown), [shown]);
  if (detail.total === 0)
    return (
      <section className="panel">
        <Notice icon="check" title="Nothing is wrong">
          No rule finds anything in {plural(detail.resources["k8s.pod"] ?? 0, "pod")} on{" "}
          {plural(detail.resources["k8s.node"] ?? 0, "node")}, nor in what else was read.
        </Notice>
      </section>
    );
  return (
    <>
      <Filters detail={detail} shown={shown.length} />
      {groups.length === 0 && (
        <section className="panel">
          <Notice icon="filter" title="No finding matches">
            Take a filter away, or a word.
          </Notice>
        </section>
      )}
      {groups.map((group) => (
        <FindingGroup key={group.rule} group={group} alone={groups.length === 1} asOf={at ? detail.as_of : null} />
      ))}
      {detail.findings.length < detail.total && (
        <p className="panel-foot dim" role="status">
          {formatCount(detail.total - detail.findings.length)} more are on their way.
        </p>
      )}
    </>
  );
}

function Unread({ missing }: { missing: string[] }) {
  if (missing.length === 0) return null;
  return (
    <section className="panel unread">
      <header>
        <Icon name="warning" size={14} />
        <h2>Not read to the end</h2>
        <span className="aside">{plural(missing.length, "kind")}</span>
      </header>
      <ul className="recent">
        {missing.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="panel-foot dim">What was known of them before stays, and nothing is taken for gone.</p>
    </section>
  );
}

function Counts({ detail }: { detail: ClusterDetail }) {
  const kinds = useKinds();
  const rows = Object.entries(detail.resources)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return null;
  return (
    <section className="panel">
      <header>
        <h2>What it has</h2>
        <span className="aside">{formatCount(rows.reduce((sum, [, count]) => sum + count, 0))}</span>
      </header>
      <ul className="cluster-kinds">
        {rows.map(([kind, count]) => (
          <li key={kind}>
            <Link className="kind-row" href={kindOfCluster(kind, detail)}>
              <span className="cut grow">{kinds.title(kind)}</span>
              <span className="number">{formatCount(count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function FindingsTab({ detail }: { detail: ClusterDetail }) {
  return (
    <div className="cluster-columns">
      <div className="stack">
        <Findings detail={detail} />
      </div>
      <div className="stack">
        <History account={detail.account} cluster={detail.cluster} />
        <Unread missing={detail.missing} />
        <Counts detail={detail} />
      </div>
    </div>
  );
}
