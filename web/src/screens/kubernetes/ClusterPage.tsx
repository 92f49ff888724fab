// One cluster: where it is and how fresh that is, then what fails in it; its nodes, workloads and claims; its dumps.

import { useEffect, useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { clusterQuery, dumpsQuery, moreFindingsQuery, type ClusterDetail } from "@/api/clusters";
import type { Principal } from "@/api/health";
import { Problem } from "@/api/problem";
import { useNow } from "@/base/clock";
import { formatCount, formatDuration } from "@/base/format";
import { useAccounts } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { change, useLocation } from "@/route/location";
import { useAt } from "@/time/instant";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, Skeleton, SkeletonRows } from "@/ui/parts";
import { eksHref, kindOfCluster } from "./ClusterCards";
import { Dumps } from "./Dumps";
import { FindingsTab } from "./FindingsTab";
import { clusterHref, clusterTone, countOf, neverRead, STORAGE, WORKLOADS } from "./health";
import { KindTables } from "./KindTables";
import { DumpAge, SeverityChips } from "./parts";

const NODES = ["k8s.node"];
const TABS = [
  { id: "findings", title: "Findings" },
  { id: "nodes", title: "Nodes", kinds: NODES },
  { id: "workloads", title: "Workloads", kinds: WORKLOADS },
  { id: "claims", title: "Storage", kinds: STORAGE },
  { id: "dumps", title: "Dumps" },
] as const;

function Where({ detail }: { detail: ClusterDetail }) {
  const at = useAt();
  const accounts = useAccounts();
  const eks = eksHref(detail);
  return (
    <dl className="resource-where">
      <div>
        <dt>Account</dt>
        <dd title={detail.account}>
          <Link href={`/kubernetes/${detail.account}`}>{accounts.name(detail.account)}</Link>
        </dd>
      </div>
      <div>
        <dt>Region</dt>
        <dd>{detail.region ?? <span className="dim">not known</span>}</dd>
      </div>
      <div>
        <dt>EKS cluster</dt>
        <dd>{eks ? <Link href={eks}>{detail.eks}</Link> : <span className="dim">none in the record</span>}</dd>
      </div>
      <div>
        <dt>Last dump</dt>
        <dd>
          <Age time={detail.last_dump_at} asOf={at} />
        </dd>
      </div>
      <div>
        <dt>All of it verified</dt>
        <dd>
          <Age time={detail.verified_at} asOf={at} never={at ? "not known" : "not yet"} />
        </dd>
      </div>
      {[
        { title: "Nodes", kind: "k8s.node" },
        { title: "Pods", kind: "k8s.pod" },
        { title: "Namespaces", kind: "k8s.namespace" },
      ].map(({ title, kind }) => (
        <div key={kind}>
          <dt>{title}</dt>
          <dd className="number">
            <Link href={kindOfCluster(kind, detail)}>{formatCount(countOf(detail, [kind]))}</Link>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Tabs({ detail, tab, poison }: { detail: ClusterDetail; tab: string; poison: number }) {
  const href = (id: string) => clusterHref(detail.account, detail.cluster, id === "findings" ? {} : { tab: id });
  const count = (each: (typeof TABS)[number]): number | null => {
    if ("kinds" in each) return countOf(detail, each.kinds);
    return each.id === "findings" ? detail.total : null;
  };
  return (
    <nav className="tabs resource-tabs" aria-label="Cluster">
      {TABS.map((each) => (
        <Link key={each.id} href={href(each.id)} aria-current={each.id === tab ? "page" : undefined}>
          {each.title}
          {count(each) !== null && <span className="count">{formatCount(count(each) ?? 0)}</span>}
          {each.id === "dumps" && poison > 0 && <span className="chip bad tab-chip">{formatCount(poison)} poison</span>}
        </Link>
      ))}
    </nav>
  );
}

function NotThen({ page = false }: { page?: boolean }) {
  return (
    <Notice
      page={page}
      icon="clock"
      title="It was not known then"
      actions={
        <button type="button" className="button" onClick={() => change({ at: null })}>
          Back to now
        </button>
      }
    >
      The record of a cluster begins with its first dump.
    </Notice>
  );
}

function Body({ detail, tab, who }: { detail: ClusterDetail; tab: string; who: Principal }) {
  const at = useAt();
  const shown = TABS.find(({ id }) => id === tab);
  if (tab === "dumps") return <Dumps account={detail.account} cluster={detail.cluster} who={who} />;
  if (at && neverRead(detail)) return <NotThen />;
  if (neverRead(detail) && detail.total === 0)
    return (
      <Notice
        icon="clock"
        title="It has not sent a dump yet"
        actions={
          <Link className="button" href={clusterHref(detail.account, detail.cluster, { tab: "dumps" })}>
            What came of its dumps
          </Link>
        }
      >
        The cluster is configured; what it runs is shown as soon as its first dump has been read. On the machine that
        has kubectl, cadastre-dropbox --dry-run shows what it would send.
      </Notice>
    );
  if (shown && "kinds" in shown) return <KindTables detail={detail} kinds={shown.kinds} />;
  return <FindingsTab detail={detail} />;
}

function Waiting({ name }: { name: string }) {
  return (
    <div className="resource">
      <div className="resource-head">
        <div className="line resource-crumbs dim">Kubernetes</div>
        <div className="line resource-title">
          <h1>{name}</h1>
        </div>
        <div className="resource-where">
          <Skeleton width={560} height={36} />
        </div>
      </div>
      <div className="tabs resource-tabs">
        <Skeleton width={320} height={34} />
      </div>
      <div className="resource-body">
        <SkeletonRows count={14} />
      </div>
    </div>
  );
}

export function ClusterPage({ account, cluster, who }: { account: string; cluster: string; who: Principal }) {
  const { query } = useLocation();
  const at = useAt();
  const now = useNow();
  const asked = useQuery(clusterQuery(account, cluster, at));
  const more = useQuery(moreFindingsQuery(asked.data, at));
  const detail = useMemo(
    () =>
      asked.data && { ...asked.data, findings: [...asked.data.findings, ...((asked.data.next && more.data) || [])] },
    [asked.data, more.data],
  );
  const dumps = useQuery(dumpsQuery(account, cluster));
  const tab = TABS.find(({ id }) => id === query.get("tab"))?.id ?? "findings";
  useEffect(() => {
    document.title = `${cluster} · Kubernetes · Cadastre`;
  }, [cluster]);
  if (asked.isError && !asked.data)
    return asked.error instanceof Problem && asked.error.status === 404 && at ? (
      <NotThen page />
    ) : asked.error instanceof Problem && asked.error.status === 404 ? (
      <Notice
        page
        icon="search"
        title="There is no such cluster"
        actions={
          <Link className="button" href="/kubernetes">
            All clusters
          </Link>
        }
      >
        Nothing is known of {cluster} in account {account}, or you may not see that account.
      </Notice>
    ) : (
      <Failure error={asked.error} retry={() => void asked.refetch()} />
    );
  if (!detail) return <Waiting name={cluster} />;
  return (
    <div className="resource">
      {detail.late_since && (
        <div className="banner late" role="status">
          <Icon name="clock" />
          <span>
            No dump {at ? "had" : "has"} come for{" "}
            {formatDuration(
              ((at ? Date.parse(at) : now) - Date.parse(detail.last_dump_at ?? detail.late_since)) / 1000,
            )}
            . What is shown is as of then.
          </span>
        </div>
      )}
      <div className="resource-head">
        <div className="line resource-crumbs">
          <Link href="/kubernetes">Kubernetes</Link>
        </div>
        <div className="line resource-title cluster-title">
          <span className="line">
            <Dot tone={clusterTone(detail)} />
            <h1 className="cut">{detail.cluster}</h1>
          </span>
          <span className="chips">
            {neverRead(detail) && detail.total === 0 ? (
              <span className="chip">not known</span>
            ) : (
              <SeverityChips counts={detail.severities} />
            )}
          </span>
          <DumpAge cluster={detail} />
        </div>
        <Where detail={detail} />
      </div>
      <Tabs detail={detail} tab={tab} poison={dumps.data?.filter(({ state }) => state === "poison").length ?? 0} />
      <div className="resource-body">
        <Body detail={detail} tab={tab} who={who} />
      </div>
    </div>
  );
}
