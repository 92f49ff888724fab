// Clusters as rows, for those who have many.

import type { Cluster } from "@/api/clusters";
import { formatCount } from "@/base/format";
import { useAccounts } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { Dot } from "@/ui/parts";
import { eksHref, kindOfCluster } from "./ClusterCards";
import { clusterHref, clusterTone, countOf, neverRead, SEVERITIES, WORKLOADS, worstRules } from "./health";
import { DumpAge } from "./parts";
import { Sparkline } from "./Sparkline";

function Row({ cluster }: { cluster: Cluster }) {
  const accounts = useAccounts();
  const { account, cluster: name } = cluster;
  const [worst] = worstRules(cluster);
  const eks = eksHref(cluster);
  return (
    <tr>
      <td className="first">
        <span className="status">
          <Dot tone={clusterTone(cluster)} />
          <Link className="cut" href={clusterHref(account, name)}>
            {name}
          </Link>
        </span>
      </td>
      <td className="cut" title={account}>
        {accounts.name(account)}
      </td>
      <td className="cut">{eks ? <Link href={eks}>{cluster.region}</Link> : cluster.region}</td>
      <td>
        <DumpAge cluster={cluster} />
      </td>
      {SEVERITIES.map((severity) => (
        <td key={severity} className={`right count-${cluster.severities[severity] > 0 ? severity : "none"}`}>
          {formatCount(cluster.severities[severity])}
        </td>
      ))}
      <td className="cut worst" title={worst?.title}>
        {worst ? (
          <Link href={clusterHref(account, name, { rule: worst.rule })}>{worst.title}</Link>
        ) : (
          <span className="dim">{neverRead(cluster) ? "" : "nothing wrong"}</span>
        )}
      </td>
      <td>
        <Sparkline account={account} cluster={name} />
      </td>
      <td className="right">
        <Link href={kindOfCluster("k8s.node", cluster)}>{formatCount(countOf(cluster, ["k8s.node"]))}</Link>
      </td>
      <td className="right">
        <Link href={kindOfCluster("k8s.pod", cluster)}>{formatCount(countOf(cluster, ["k8s.pod"]))}</Link>
      </td>
      <td className="right">{formatCount(countOf(cluster, WORKLOADS))}</td>
    </tr>
  );
}

export function ClusterRows({ clusters }: { clusters: Cluster[] }) {
  return (
    <section className="panel scroll-x" tabIndex={0} aria-label="Clusters">
      <table className="plain cluster-rows">
        <thead>
          <tr>
            <th className="first">Cluster</th>
            <th>Account</th>
            <th>Region</th>
            <th>Freshness</th>
            <th className="right">Critical</th>
            <th className="right">Warnings</th>
            <th className="right">Notices</th>
            <th>Worst</th>
            <th>24 hours</th>
            <th className="right">Nodes</th>
            <th className="right">Pods</th>
            <th className="right">Workloads</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((cluster) => (
            <Row key={`${cluster.account}/${cluster.cluster}`} cluster={cluster} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
