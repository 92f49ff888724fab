// Everything about one resource: where it is, what it is now, what it was, what it belongs to.

import { lazy, Suspense, useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { Problem } from "@/api/problem";
import { may, type Principal } from "@/api/health";
import { detailQuery } from "@/api/queries";
import { related, type Detail } from "@/api/types";
import { formatTime } from "@/base/format";
import { heading } from "@/base/text";
import { useKinds } from "@/kinds/useKinds";
import { neighbours } from "@/screens/kind/trail";
import { useRefresh } from "@/screens/accounts/refresh";
import { Link } from "@/route/Link";
import { change, go, patched, useLocation } from "@/route/location";
import { kindHref, resourceHref } from "@/route/hrefs";
import { useKeys } from "@/shell/keys";
import { useAt } from "@/time/instant";
import { shortId } from "@/table/columns";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, copy, CopyButton, Skeleton, SkeletonRows, State } from "@/ui/parts";
import { outcomeOf } from "@/ui/states";
import { OverviewTab } from "./OverviewTab";

const ChangesTab = lazy(() => import("./ChangesTab").then((module) => ({ default: module.ChangesTab })));
const RelationsTab = lazy(() => import("./RelationsTab").then((module) => ({ default: module.RelationsTab })));
const JsonTab = lazy(() => import("./JsonTab").then((module) => ({ default: module.JsonTab })));

const TABS = [
  { id: "overview", title: "Overview" },
  { id: "changes", title: "Changes" },
  { id: "relations", title: "Relations" },
  { id: "json", title: "JSON" },
] as const;

function Missing({ problem, id, at }: { problem: Problem; id: string; at: string | null }) {
  if (problem.status === 410 || at)
    return (
      <Notice
        page
        icon="clock"
        title={at ? `It was not there on ${formatTime(at)}` : "It is gone"}
        actions={
          at && (
            <button type="button" className="button" onClick={() => change({ at: null })}>
              Back to now
            </button>
          )
        }
      >
        {problem.detail}
      </Notice>
    );
  return (
    <Notice
      page
      icon="search"
      title="There is no such resource"
      actions={
        <Link className="button" href={`/search?${new URLSearchParams({ q: id })}`}>
          Search for it
        </Link>
      }
    >
      Nothing with the id {id} has ever been recorded in your accounts.
    </Notice>
  );
}

function Banners({ detail }: { detail: Detail }) {
  return (
    <>
      {detail.deleted_at && (
        <div className="banner bad" role="status">
          <Icon name="trash" />
          <span>
            Gone since <Age time={detail.deleted_at} />
            {detail.deleted_cause &&
              detail.deleted_cause !== "closed" &&
              ` (${detail.deleted_cause.replaceAll("_", " ")})`}
            . What you see is its last state; its history is kept.
          </span>
        </div>
      )}
      {!detail.deleted_at && detail.unverified_since && (
        <div className="banner late" role="status">
          <Icon name="warning" />
          <span>
            Not verified since <Age time={detail.unverified_since} />: its cell was read last with the outcome “
            {outcomeOf(detail.outcome).word}”. It may have changed, or be gone.
          </span>
          <Link className="button small" href={`/accounts?tab=cells&account=${detail.account}&kind=${detail.kind}`}>
            Its cell
          </Link>
        </div>
      )}
      {detail.gaps.length > 0 && (
        <div className="banner late" role="status">
          <Icon name="warning" />
          <span>
            Parts of it could not be read: {detail.gaps.map((gap) => `${gap.fragment} (${gap.code})`).join(", ")}. They
            show what was known before.
          </span>
        </div>
      )}
    </>
  );
}

function Neighbours({ id }: { id: string }) {
  const { before, after, index, length } = neighbours(id);
  const { query } = useLocation();
  const tab = query.get("tab");
  const step = (to: string | null) => {
    if (to) go(patched(resourceHref(to), { tab }), { replace: true });
  };
  useKeys([
    { keys: "[", label: "The one before, of the list you came from", group: "Resource", run: () => step(before) },
    { keys: "]", label: "The next, of the list you came from", group: "Resource", run: () => step(after) },
  ]);
  if (length < 2) return null;
  return (
    <span className="line neighbours">
      <button
        type="button"
        className="button quiet small icon"
        aria-label="The one before"
        disabled={!before}
        onClick={() => step(before)}
      >
        <Icon name="left" size={14} />
      </button>
      <span className="dim number">
        {index + 1} of {length}
      </span>
      <button
        type="button"
        className="button quiet small icon"
        aria-label="The next"
        disabled={!after}
        onClick={() => step(after)}
      >
        <Icon name="right" size={14} />
      </button>
    </span>
  );
}

function Head({ detail, who }: { detail: Detail; who: Principal }) {
  const kinds = useKinds();
  const refresh = useRefresh();
  const name = detail.name || shortId(detail.native_id);
  useKeys([
    {
      keys: "c",
      label: detail.arn ? "Copy the ARN" : "Copy the id",
      group: "Resource",
      run: () => void copy(detail.arn || detail.native_id, detail.arn ? "the ARN" : "the id"),
    },
  ]);
  return (
    <div className="resource-head">
      <div className="line resource-crumbs">
        <Link href={kindHref(detail.kind)}>{kinds.title(detail.kind)}</Link>
        <Neighbours id={detail.id} />
      </div>
      <div className="line resource-title">
        <h1 className="cut">{name}</h1>
        {detail.deleted_at ? <State state="deleted" /> : detail.state && <State state={detail.state} />}
      </div>
      <dl className="resource-where">
        <div>
          <dt>Account</dt>
          <dd>
            <b>{detail.account_name || detail.account}</b>
            {detail.account_name && <span className="dim number"> {detail.account}</span>}
          </dd>
        </div>
        <div>
          <dt>Region</dt>
          <dd>{detail.region}</dd>
        </div>
        {Object.entries(detail.groups).map(([key, value]) => (
          <div key={key}>
            <dt>{heading(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {detail.owner && (
          <div>
            <dt>Owner</dt>
            <dd>{detail.owner}</dd>
          </div>
        )}
        <div>
          <dt>Changed</dt>
          <dd>
            <Age time={detail.changed_at} />
          </dd>
        </div>
        <div>
          <dt>Verified</dt>
          <dd>
            <Age time={detail.verified_at} />
          </dd>
        </div>
      </dl>
      <div className="line resource-actions">
        <code className="resource-arn cut" title={detail.arn || detail.native_id}>
          {detail.arn || detail.native_id}
        </code>
        <CopyButton text={detail.arn || detail.native_id} what={detail.arn ? "the ARN" : "the id"}>
          Copy {detail.arn ? "ARN" : "id"}
        </CopyButton>
        {detail.cli_command && (
          <CopyButton text={detail.cli_command} what="the AWS CLI command">
            Copy AWS CLI
          </CopyButton>
        )}
        {detail.console_url && (
          <a className="button small" href={detail.console_url} target="_blank" rel="noreferrer noopener">
            <Icon name="external" size={14} />
            AWS console
          </a>
        )}
        {may(who, "operator") && !detail.deleted_at && (
          <button
            type="button"
            className="button small"
            disabled={refresh.pending}
            onClick={() => refresh.start(detail.id)}
          >
            <Icon name="refresh" size={14} />
            Read again
          </button>
        )}
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div className="resource-head" aria-busy="true">
      <div className="line resource-crumbs">
        <Skeleton width={110} height={12} />
      </div>
      <div className="line resource-title">
        <Skeleton width={260} height={20} />
      </div>
      <div className="resource-where">
        <Skeleton width={420} height={34} />
      </div>
      <div className="line resource-actions">
        <Skeleton width={480} height={22} />
      </div>
    </div>
  );
}

export function ResourcePage({ id, who }: { id: string; who: Principal }) {
  const { query, href } = useLocation();
  const at = useAt();
  const asked = useQuery(detailQuery(id, at));
  const detail = asked.data;
  const tab = TABS.find((each) => each.id === query.get("tab"))?.id ?? "overview";
  const name = detail ? detail.name || shortId(detail.native_id) : shortId(id.split("/").pop() ?? id);
  useEffect(() => {
    document.title = `${name} · Cadastre`;
  }, [name]);
  useKeys(
    TABS.map(({ id: target, title }, index) => ({
      keys: String(index + 1),
      label: title,
      group: "Resource",
      run: () => change({ tab: target === "overview" ? null : target }),
    })),
  );
  if (asked.error && !detail) {
    const problem = asked.error instanceof Problem ? asked.error : null;
    return problem && (problem.status === 404 || problem.status === 410) ? (
      <Missing problem={problem} id={id} at={at} />
    ) : (
      <Failure error={asked.error} retry={() => void asked.refetch()} />
    );
  }
  return (
    <div className="resource">
      {detail && <Banners detail={detail} />}
      {detail ? <Head detail={detail} who={who} /> : <Waiting />}
      <nav className="tabs resource-tabs" aria-label="About this resource">
        {TABS.map(({ id: target, title }) => (
          <Link
            key={target}
            href={patched(href, { tab: target === "overview" ? null : target, v: null, depth: null })}
            aria-current={tab === target ? "page" : undefined}
          >
            {title}
            {target === "relations" && detail && detail.relations.length > 0 && (
              <span className="count">{related(detail.relations)}</span>
            )}
          </Link>
        ))}
      </nav>
      <div className="resource-body">
        {!detail ? (
          <SkeletonRows />
        ) : (
          <Suspense fallback={<SkeletonRows />}>
            {tab === "overview" && <OverviewTab detail={detail} />}
            {tab === "changes" && <ChangesTab id={detail.id} />}
            {tab === "relations" && <RelationsTab detail={detail} at={at} />}
            {tab === "json" && <JsonTab detail={detail} />}
          </Suspense>
        )}
      </div>
    </div>
  );
}
