// Which page a path is.

import { lazy, Suspense, type ReactNode } from "react";
import type { Principal } from "@/api/health";
import { Link } from "@/route/Link";
import { resourceIdOf } from "@/route/hrefs";
import { useLocation } from "@/route/location";
import { Notice } from "@/ui/notices";
import { SkeletonRows } from "@/ui/parts";
import { KindPage } from "./kind/KindPage";

// The table is what most come for: it is there at once. Others come when they are opened.
const OverviewPage = lazy(() => import("./overview/OverviewPage").then((module) => ({ default: module.OverviewPage })));
const ResourcePage = lazy(() => import("./resource/ResourcePage").then((module) => ({ default: module.ResourcePage })));
const SearchPage = lazy(() => import("./SearchPage").then((module) => ({ default: module.SearchPage })));
const KindsPage = lazy(() => import("./KindsPage").then((module) => ({ default: module.KindsPage })));
const ChangesPage = lazy(() => import("./changes/ChangesPage").then((module) => ({ default: module.ChangesPage })));
const AccountsPage = lazy(() => import("./accounts/AccountsPage").then((module) => ({ default: module.AccountsPage })));
const ClustersPage = lazy(() =>
  import("./kubernetes/ClustersPage").then((module) => ({ default: module.ClustersPage })),
);
const ClusterPage = lazy(() => import("./kubernetes/ClusterPage").then((module) => ({ default: module.ClusterPage })));
const SettingsPage = lazy(() => import("./settings/SettingsPage").then((module) => ({ default: module.SettingsPage })));

function pageOf(parts: string[], who: Principal): ReactNode {
  const [head, second, third] = parts;
  switch (head) {
    case undefined:
      return <OverviewPage who={who} />;
    case "search":
      return <SearchPage />;
    case "changes":
      return <ChangesPage />;
    case "accounts":
      return <AccountsPage who={who} />;
    case "kubernetes":
      return second && third ? (
        <ClusterPage key={`${second}/${third}`} account={second} cluster={third} who={who} />
      ) : (
        <ClustersPage account={second} />
      );
    case "settings":
      return <SettingsPage who={who} section={second} />;
    case "resources":
      if (!second) return <KindsPage />;
      return parts.length === 2 ? (
        <KindPage key={second} kind={second} who={who} />
      ) : (
        <ResourcePage id={resourceIdOf(parts)} who={who} />
      );
    default:
      return (
        <Notice
          page
          icon="search"
          title="There is no such page"
          actions={
            <Link className="button" href="/">
              Overview
            </Link>
          }
        />
      );
  }
}

export function Pages({ who }: { who: Principal }) {
  const { parts } = useLocation();
  return <Suspense fallback={<SkeletonRows />}>{pageOf(parts, who)}</Suspense>;
}
