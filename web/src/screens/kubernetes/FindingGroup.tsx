// All that one rule finds: what is broken, why, and since when; opened, on what that rests and what it stands on.

import { useState } from "react";
import type { Finding } from "@/api/clusters";
import { formatCount } from "@/base/format";
import { resourceHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { Icon } from "@/ui/icons";
import { Age, Dot } from "@/ui/parts";
import { FindingDetail } from "./FindingDetail";
import { severityTone, type Group } from "./health";

const FIRST = 5; // of a group, while there are others below it
const MORE = 50;

// `asOf`: the instant that ages are relative to; null: now.
function One({ finding, asOf }: { finding: Finding; asOf: string | null }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="finding">
      <div className="finding-line">
        <button
          type="button"
          className="change-toggle"
          aria-expanded={open}
          aria-label={`Evidence for ${finding.name}`}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "down" : "right"} size={12} />
        </button>
        <div className="finding-what">
          {finding.id ? (
            <Link className="cut" href={resourceHref(finding.id)} title={finding.name}>
              {finding.name}
            </Link>
          ) : (
            <span className="cut">{finding.name}</span>
          )}
          {finding.namespace && <span className="dim cut">{finding.namespace}</span>}
        </div>
        <p className={open ? "finding-reason" : "finding-reason folded"}>{finding.reason}</p>
        <span className="dim finding-since">{finding.since && <Age time={finding.since} asOf={asOf} />}</span>
      </div>
      {open && <FindingDetail finding={finding} />}
    </li>
  );
}

export function FindingGroup({ group, alone, asOf }: { group: Group; alone: boolean; asOf: string | null }) {
  const [most, setMost] = useState(alone ? MORE : FIRST);
  const shown = group.findings.slice(0, most);
  const rest = group.findings.length - shown.length;
  return (
    <section className="panel finding-group" data-rule={group.rule}>
      <header>
        <Dot tone={severityTone(group.severity)} />
        <h2 className="cut">{group.title}</h2>
        <span className={`chip ${severityTone(group.severity)}`}>{formatCount(group.findings.length)}</span>
        <span className="aside">{group.severity}</span>
      </header>
      <ul>
        {shown.map((finding) => (
          <One key={`${finding.id ?? finding.name} ${finding.reason}`} finding={finding} asOf={asOf} />
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" className="finding-more" onClick={() => setMost(most + MORE)}>
          {rest <= MORE ? `Show ${rest} more` : `Show ${MORE} more of ${formatCount(rest)}`}
        </button>
      )}
    </section>
  );
}
