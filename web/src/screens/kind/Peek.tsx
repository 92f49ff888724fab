// A look at one row without leaving the table.

import { useQuery } from "@tanstack/react-query";
import { detailQuery } from "@/api/queries";
import type { Row } from "@/api/types";
import { formatUnit } from "@/base/format";
import { useNow } from "@/base/clock";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { Icon } from "@/ui/icons";
import { Age, CopyButton, State } from "@/ui/parts";

interface Props {
  row: Row;
  at: string | null;
  onClose: () => void;
}

export function Peek({ row, at, onClose }: Props) {
  const now = useNow();
  const { data } = useQuery(detailQuery(row.id, at));
  const shown = data ?? row;
  const units = data?.units ?? {};
  const tags = Object.entries(shown.tags);
  return (
    <aside className="peek" aria-label={`About ${row.name || row.native_id}`}>
      <header>
        <div className="grow">
          <h2 className="cut">{shown.name || shown.native_id}</h2>
          <code className="dim cut peek-id">{shown.native_id}</code>
        </div>
        <CopyButton text={shown.arn || shown.native_id} what={shown.arn ? "the ARN" : "the id"} />
        <button type="button" className="button quiet small icon" aria-label="Close" onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <div className="peek-body">
        <dl className="facts">
          {shown.state && (
            <>
              <dt>State</dt>
              <dd>
                <State state={shown.state} />
              </dd>
            </>
          )}
          <dt>Account</dt>
          <dd>
            {shown.account_name} <span className="dim number">{shown.account}</span>
          </dd>
          <dt>Region</dt>
          <dd>{shown.region}</dd>
          {shown.owner && (
            <>
              <dt>Owner</dt>
              <dd>{shown.owner}</dd>
            </>
          )}
          {Object.entries(shown.columns)
            .filter(([, text]) => text !== "")
            .map(([name, text]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name} value`}>{formatUnit(text, units[name] ?? "", now)}</dd>,
            ])}
          <dt>Changed</dt>
          <dd>
            <Age time={shown.changed_at} />
          </dd>
          <dt>Verified</dt>
          <dd>
            <Age time={shown.verified_at} />
          </dd>
        </dl>
        {tags.length > 0 && (
          <div className="tags">
            {tags.map(([key, value]) => (
              <span key={key} className="tag">
                <span className="dim">{key}</span> {value}
              </span>
            ))}
          </div>
        )}
      </div>
      <footer>
        <Link className="button" href={resourceHref(row.id)}>
          Open
        </Link>
        <Link className="button" href={`${resourceHref(row.id)}?tab=changes`}>
          Changes
        </Link>
        <Link className="button" href={`${resourceHref(row.id)}?tab=relations`}>
          Relations
        </Link>
      </footer>
    </aside>
  );
}
