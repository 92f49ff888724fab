import type { Detail, Relation } from "@/api/types";
import { useQuery } from "@tanstack/react-query";
import { versionsQuery } from "@/api/queries";
import { useNow } from "@/base/clock";
import { formatExactTime, formatUnit } from "@/base/format";
import { alphabetical } from "@/base/text";
import { causeTitle } from "@/diff/changes";
import { Differences } from "@/diff/Differences";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { resourceHref } from "@/route/hrefs";
import { shortId } from "@/table/columns";
import { Age, CopyButton, Dot, SkeletonRows } from "@/ui/parts";
import { toneOf } from "@/ui/states";

function Facts({ detail }: { detail: Detail }) {
  const now = useNow();
  const accounts = useAccounts();
  const filled = Object.entries(detail.columns).filter(([, text]) => text !== "");
  return (
    <section className="panel">
      <header>
        <h2>Properties</h2>
      </header>
      <dl className="facts panel-pad">
        <dt>ID</dt>
        <dd className="copyable">
          <code>{detail.native_id}</code>
          <CopyButton text={detail.native_id} what="the id" />
        </dd>
        {filled.map(([name, text]) => {
          const unit = detail.units[name] ?? "";
          return [
            <dt key={name}>{name}</dt>,
            <dd key={`${name} value`} title={unit === "time" ? formatExactTime(text) : undefined}>
              {formatUnit(text, unit, now)}
              {unit === "time" && <span className="dim"> · {formatExactTime(text)}</span>}
            </dd>,
          ];
        })}
        {detail.created_at && (
          <>
            <dt>Created</dt>
            <dd>
              <Age time={detail.created_at} /> <span className="dim">· {formatExactTime(detail.created_at)}</span>
            </dd>
          </>
        )}
        <dt>First seen</dt>
        <dd>
          <Age time={detail.first_seen} /> <span className="dim">· {formatExactTime(detail.first_seen)}</span>
        </dd>
        {detail.shared_with.length > 0 && (
          <>
            <dt>Shared with</dt>
            <dd>{detail.shared_with.map((each) => each.account_name || accounts.name(each.account)).join(", ")}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Tags({ detail }: { detail: Detail }) {
  const tags = Object.entries(detail.tags).sort(([a], [b]) => alphabetical(a, b));
  return (
    <section className="panel">
      <header>
        <h2>Tags</h2>
        <span className="aside">{tags.length || ""}</span>
      </header>
      {tags.length === 0 ? (
        <p className="panel-empty dim">It has none.</p>
      ) : (
        <dl className="facts panel-pad">
          {tags.map(([key, value]) => [
            <dt key={key} className="cut" title={key}>
              {key}
            </dt>,
            <dd key={`${key} value`}>{value || <span className="dim">(empty)</span>}</dd>,
          ])}
        </dl>
      )}
    </section>
  );
}

const RECENT = 3;

function Recent({ id }: { id: string }) {
  const { data, isPending } = useQuery(versionsQuery(id));
  const versions = [...(data ?? [])].reverse();
  return (
    <section className="panel">
      <header>
        <h2>Last changes</h2>
        <Link className="aside" href={`${resourceHref(id)}?tab=changes`}>
          {versions.length > RECENT ? `All ${versions.length} versions` : "Compare"}
        </Link>
      </header>
      {isPending ? (
        <SkeletonRows count={3} />
      ) : (
        <ol className="recent">
          {versions.slice(0, RECENT).map((version) => (
            <li key={version.sequence}>
              <div className="line">
                <b>{causeTitle(version.cause)}</b>
                <span className="dim">
                  <Age time={version.from} />
                </span>
              </div>
              <Differences differences={version.differences} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const SHOWN_RELATIONS = 4;

function RelationList({ detail }: { detail: Detail }) {
  const kinds = useKinds();
  const groups = new Map<string, Relation[]>();
  const needed = new Set(detail.relations.filter(({ direction }) => direction === "out").map(({ id }) => id));
  for (const relation of detail.relations) {
    // Many refer to each other; once is enough here.
    if (relation.direction === "in" && needed.has(relation.id)) continue;
    const key = `${relation.direction} ${relation.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), relation]);
  }
  return (
    <section className="panel">
      <header>
        <h2>Relations</h2>
        {detail.relations.length > 0 && (
          <Link className="aside" href={`${resourceHref(detail.id)}?tab=relations`}>
            Graph
          </Link>
        )}
      </header>
      {groups.size === 0 ? (
        <p className="panel-empty dim">None that is known.</p>
      ) : (
        <dl className="facts panel-pad">
          {[...groups].map(([key, relations]) => [
            <dt key={key}>
              {kinds.title(relations[0]?.kind ?? "")}
              {key.startsWith("in") && <span className="dim"> (use it)</span>}
            </dt>,
            <dd key={`${key} list`} className="relation-list">
              {relations.slice(0, SHOWN_RELATIONS).map((relation) =>
                relation.known ? (
                  <Link key={relation.id} href={resourceHref(relation.id)} className="status">
                    <Dot tone={toneOf(relation.state)} />
                    {relation.name || shortId(relation.id.split("/").slice(3).join("/"))}
                  </Link>
                ) : (
                  <code key={relation.id} className="dim">
                    {shortId(relation.id)}
                  </code>
                ),
              )}
              {relations.length > SHOWN_RELATIONS && (
                <span className="dim">and {relations.length - SHOWN_RELATIONS} more</span>
              )}
            </dd>,
          ])}
        </dl>
      )}
    </section>
  );
}

export function OverviewTab({ detail }: { detail: Detail }) {
  return (
    <div className="two-columns">
      <div className="stack">
        <Facts detail={detail} />
        <Tags detail={detail} />
      </div>
      <div className="stack">
        <Recent id={detail.id} />
        <RelationList detail={detail} />
      </div>
    </div>
  );
}
