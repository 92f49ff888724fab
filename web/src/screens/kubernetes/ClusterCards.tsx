// Clusters as cards: where it is, how fresh that is, what is wrong first.

import type { Cluster } from "@/api/clusters";
import { formatCount, plural } from "@/base/format";
import { useAccounts } from "@/kinds/useKinds";
import { kindHref, resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { Dot } from "@/ui/parts";
import { clusterHref, clusterTone, countOf, neverRead, severityTone, WORKLOADS, worstRules } from "./health";
import { DumpAge, SeverityChips } from "./parts";
import { Sparkline } from "./Sparkline";

const REASONS = 4; // on a card

export function eksHref({ account, region, eks }: Pick<Cluster, "account" | "region" | "eks">): string | null {
  return eks && region ? resourceHref(`aws.eks.cluster/${account}/${region}/${eks}`) : null;
}

export function kindOfCluster(kind: string, { account, cluster }: Pick<Cluster, "account" | "cluster">): string {
  return kindHref(kind, { account, q: `cluster:${cluster}` });
}

function Where({ cluster }: { cluster: Cluster }) {
  const accounts = useAccounts();
  const eks = eksHref(cluster);
  return (
    <p className="dim cut cluster-where">
      <span title={cluster.account}>{accounts.name(cluster.account)}</span>
      {cluster.region && ` · ${cluster.region}`}
      {eks && (
        <>
          {" · "}
          <Link className="over" href={eks}>
            EKS {cluster.eks}
          </Link>
        </>
      )}
    </p>
  );
}

function Reasons({ cluster }: { cluster: Cluster }) {
  if (neverRead(cluster))
    return <p className="dim cluster-reasons">Nothing had come from it. Its first dump fills this card.</p>;
  const rest = cluster.by_rule.length - REASONS;
  return (
    <ul className="cluster-reasons">
      {worstRules(cluster)
        .slice(0, REASONS)
        .map(({ rule, title, severity, count }) => (
          <li key={rule} className="line">
            <Dot tone={severityTone(severity)} />
            <Link className="over cut grow" href={clusterHref(cluster.account, cluster.cluster, { rule })}>
              {title}
            </Link>
            <span className="number">{formatCount(count)}</span>
          </li>
        ))}
      {cluster.by_rule.length === 0 && <li className="dim">No rule finds anything.</li>}
      {rest > 0 && <li className="dim cluster-rest">and {plural(rest, "more kind")} of findings</li>}
    </ul>
  );
}

function Card({ cluster }: { cluster: Cluster }) {
  const { account, cluster: name } = cluster;
  return (
    <li className={`cluster-card panel ${clusterTone(cluster)}`}>
      <div className="line">
        <Dot tone={clusterTone(cluster)} />
        <h2 className="cut">
          <Link className="card-link" href={clusterHref(account, name)}>
            {name}
          </Link>
        </h2>
        <DumpAge cluster={cluster} />
      </div>
      <Where cluster={cluster} />
      <div className="line cluster-verdict">
        <div className="chips">
          {neverRead(cluster) && cluster.by_rule.length === 0 ? (
            <span className="chip">not known</span>
          ) : (
            <SeverityChips counts={cluster.severities} />
          )}
        </div>
        <Sparkline account={account} cluster={name} />
      </div>
      <Reasons cluster={cluster} />
      <p className="cluster-counts dim">
        {[
          { word: "node", count: countOf(cluster, ["k8s.node"]) },
          { word: "pod", count: countOf(cluster, ["k8s.pod"]) },
          { word: "workload", count: countOf(cluster, WORKLOADS) },
        ].map(({ word, count }) => (
          <span key={word}>
            <b className="number">{formatCount(count)}</b> {count === 1 ? word : `${word}s`}
          </span>
        ))}
      </p>
    </li>
  );
}

export function ClusterCards({ clusters }: { clusters: Cluster[] }) {
  return (
    <ul className="cluster-cards">
      {clusters.map((cluster) => (
        <Card key={`${cluster.account}/${cluster.cluster}`} cluster={cluster} />
      ))}
    </ul>
  );
}
