// Every cluster, failing ones first.

import { useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { clustersQuery, type Cluster } from "@/api/clusters";
import { formatCount, plural } from "@/base/format";
import { useAccounts } from "@/kinds/useKinds";
import { change, useLocation } from "@/route/location";
import { useAt } from "@/time/instant";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Skeleton } from "@/ui/parts";
import { matchesWords } from "@/shell/Palette";
import { ClusterCards } from "./ClusterCards";
import { ClusterRows } from "./ClusterRows";
import { clusterTone, worstFirst } from "./health";
import { SetUp } from "./SetUp";

const MANY = 12; // more cards than that are no glance any more

function summary(clusters: Cluster[]): string {
  const failing = clusters.filter((cluster) => clusterTone(cluster) === "bad").length;
  const late = clusters.filter(({ late_since }) => late_since !== null).length;
  const parts = [failing > 0 ? `${formatCount(failing)} failing` : "none failing"];
  if (late > 0) parts.push(`${formatCount(late)} late`);
  return parts.join(", ");
}

function Waiting() {
  return (
    <ul className="cluster-cards" aria-hidden="true">
      {Array.from({ length: 3 }, (_, index) => (
        <li key={index} className="cluster-card panel">
          <Skeleton width="40%" height={16} />
          <Skeleton width="60%" />
          <Skeleton width="90%" height={24} />
          <Skeleton height={88} />
          <Skeleton width="50%" />
        </li>
      ))}
    </ul>
  );
}

export function ClustersPage({ account: only }: { account?: string | undefined }) {
  const { query } = useLocation();
  const at = useAt();
  const accounts = useAccounts();
  const asked = useQuery(clustersQuery(at));
  useEffect(() => {
    document.title = "Kubernetes · Cadastre";
  }, []);
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  const all = asked.data ?? [];
  const text = query.get("q") ?? "";
  const account = only ?? query.get("account") ?? "";
  const shown = worstFirst(
    all.filter(
      (cluster) =>
        (!account || cluster.account === account) &&
        matchesWords(
          `${cluster.cluster} ${cluster.account} ${accounts.name(cluster.account)} ${cluster.region ?? ""} ${cluster.eks ?? ""}`,
          text,
        ),
    ),
  );
  const rows = (query.get("view") ?? (all.length > MANY ? "rows" : "cards")) === "rows";
  const within = [...new Set(all.map((cluster) => cluster.account))];
  return (
    <div className="kubernetes-page">
      <div className="line kubernetes-head">
        <h1>Kubernetes</h1>
        <span className="dim">
          {asked.data ? `${plural(all.length, "cluster")}${all.length > 0 ? `: ${summary(all)}` : ""}` : " "}
        </span>
        {all.length > 1 && (
          <div className="line kubernetes-tools">
            <div className="query-box kubernetes-find">
              <Icon name="filter" size={14} className="query-icon" />
              <input
                className="json-find-input"
                aria-label="Find a cluster"
                placeholder="Find a cluster"
                value={text}
                onChange={(event) => change({ q: event.currentTarget.value }, { replace: true })}
              />
            </div>
            {within.length > 1 && !only && (
              <select
                className="plain-input"
                aria-label="Account"
                value={account}
                onChange={(event) => change({ account: event.currentTarget.value })}
              >
                <option value="">Account: all</option>
                {within.map((id) => (
                  <option key={id} value={id}>
                    {accounts.name(id)}
                  </option>
                ))}
              </select>
            )}
            <div className="segmented" role="group" aria-label="How they are shown">
              {(["cards", "rows"] as const).map((view) => (
                <button
                  key={view}
                  type="button"
                  aria-pressed={rows === (view === "rows")}
                  onClick={() => change({ view }, { replace: true })}
                >
                  {view === "cards" ? "Cards" : "Rows"}
                </button>
              ))}
            </div>
          </div>
        )}
      </div>
      {asked.isPending ? (
        <Waiting />
      ) : all.length === 0 && at ? (
        <Notice icon="clock" title="No cluster was known then">
          The record of a cluster begins with its first dump.
        </Notice>
      ) : all.length === 0 ? (
        <SetUp />
      ) : shown.length === 0 ? (
        <Notice
          icon="filter"
          title="No such cluster"
          actions={
            <button type="button" className="button" onClick={() => change({ q: null, account: null })}>
              Clear
            </button>
          }
        />
      ) : rows ? (
        <ClusterRows clusters={shown} />
      ) : (
        <ClusterCards clusters={shown} />
      )}
    </div>
  );
}
