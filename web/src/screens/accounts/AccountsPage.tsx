// Where the record comes from: accounts, their cells, and the collections that read them.

import { useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { may, type Principal } from "@/api/health";
import { accountsQuery, cellsQuery } from "@/api/queries";
import type { Account } from "@/api/types";
import { useNow } from "@/base/clock";
import { formatCount, plural } from "@/base/format";
import { heading } from "@/base/text";
import { Link } from "@/route/Link";
import { useLocation } from "@/route/location";
import { freshnessOf, worse } from "@/ui/freshness";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, Dot, SkeletonRows } from "@/ui/parts";
import type { Tone } from "@/ui/states";
import { Cells } from "./Cells";
import { FreshnessGrid } from "./FreshnessGrid";
import { useRefresh } from "./refresh";
import { Runs } from "./Runs";

const TABS = [
  { id: "accounts", title: "Accounts" },
  { id: "cells", title: "Cells" },
  { id: "runs", title: "Collections" },
] as const;

// "all" of its cells were read whole, or "12 of" them.
const wholeOf = ({ complete, cells }: Account) => (complete === cells ? "all" : `${formatCount(complete)} of`);

function Accounts() {
  const accounts = useQuery(accountsQuery());
  const cells = useQuery(cellsQuery());
  const now = useNow();
  if (accounts.isError && !accounts.data)
    return <Failure error={accounts.error} retry={() => void accounts.refetch()} />;
  if (!accounts.data) return <SkeletonRows />;
  if (accounts.data.length === 0)
    return (
      <Notice icon="accounts" title="No accounts yet">
        The first collection finds those that cadastre.yaml names, or those of your organisation.
      </Notice>
    );
  const tones = new Map<string, Tone>();
  for (const cell of cells.data ?? [])
    tones.set(cell.account, worse(tones.get(cell.account) ?? "none", freshnessOf(cell, now).tone));
  const groupNames = [...new Set(accounts.data.flatMap((account) => Object.keys(account.groups)))];
  return (
    <div className="stack">
      <section className="panel scroll-x">
        <table className="plain">
          <thead>
            <tr>
              <th className="first">Account</th>
              <th>ID</th>
              {groupNames.map((name) => (
                <th key={name}>{heading(name)}</th>
              ))}
              <th>Status</th>
              <th className="right">Resources</th>
              <th className="right">Cells whole</th>
              <th title="The oldest verification of its cells">Verified</th>
            </tr>
          </thead>
          <tbody>
            {accounts.data.map((account) => (
              <tr key={account.id}>
                <td className="first">
                  <span className="status">
                    <Dot tone={tones.get(account.id) ?? "idle"} />
                    <Link href={`/accounts?tab=cells&account=${account.id}`}>{account.name || account.id}</Link>
                  </span>
                </td>
                <td>
                  <code>{account.id}</code>
                </td>
                {groupNames.map((name) => (
                  <td key={name}>{account.groups[name]}</td>
                ))}
                <td>
                  {account.status || "active"}
                  {account.status !== "" && account.status !== "active" && (
                    <span className="dim">
                      {" "}
                      since <Age time={account.status_since} />
                    </span>
                  )}
                </td>
                <td className="right">
                  <Link href={`/search?${new URLSearchParams({ q: `account:${account.id}` })}`}>
                    {formatCount(account.resources)}
                  </Link>
                </td>
                <td className="right nowrap">
                  {account.cells === 0 ? "none" : `${wholeOf(account)} ${formatCount(account.cells)}`}
                </td>
                <td className="nowrap">
                  <Age time={account.oldest_verified_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <FreshnessGrid cells={cells.data} />
    </div>
  );
}

export function AccountsPage({ who }: { who: Principal }) {
  const { query } = useLocation();
  const tab = TABS.find(({ id }) => id === query.get("tab"))?.id ?? "accounts";
  const accounts = useQuery(accountsQuery());
  const refresh = useRefresh();
  useEffect(() => {
    document.title = "Accounts · Cadastre";
  }, []);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Accounts</h1>
        {accounts.data && <span className="dim">{plural(accounts.data.length, "account")}</span>}
        {may(who, "operator") && (
          <div className="page-tools">
            <button type="button" className="button" disabled={refresh.pending} onClick={() => refresh.start({})}>
              <Icon name="refresh" size={14} />
              Collect all now
            </button>
          </div>
        )}
      </div>
      <nav className="tabs page-tabs" aria-label="Accounts">
        {TABS.map(({ id, title }) => (
          <Link
            key={id}
            href={id === "accounts" ? "/accounts" : `/accounts?tab=${id}`}
            aria-current={id === tab ? "page" : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      {tab === "cells" ? (
        <Cells who={who} />
      ) : (
        <div className="page-scroll">{tab === "accounts" ? <Accounts /> : <Runs />}</div>
      )}
    </div>
  );
}
