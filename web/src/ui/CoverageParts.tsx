// How far an answer can be trusted: what it rests on, how old that is, and what could not be read.

import { Popover } from "@mantine/core";
import type { Coverage } from "@/api/types";
import { useNow } from "@/base/clock";
import { formatAge, formatCount, plural } from "@/base/format";
import { useAccounts, useKinds } from "@/kinds/useKinds";
import { Link } from "@/route/Link";
import { Icon } from "./icons";
import { Age, Dot } from "./parts";
import { outcomeOf } from "./states";

function TroubledCells({ coverage }: { coverage: Coverage }) {
  const accounts = useAccounts();
  const kinds = useKinds();
  return (
    <ul className="troubled">
      {coverage.troubled.map((cell) => (
        <li key={`${cell.account}/${cell.region}/${cell.kind}`}>
          <span className="line">
            <Dot tone={outcomeOf(cell.outcome).tone} />
            <b>{accounts.name(cell.account)}</b>
            <span className="dim">{cell.region}</span>
            <span className="dim cut">{kinds.title(cell.kind)}</span>
          </span>
          <span className="troubled-why">
            {outcomeOf(cell.outcome).word}
            {cell.code && ` (${cell.code})`}
            {cell.message && `: ${cell.message}`}
          </span>
          <span className="dim">
            read whole <Age time={cell.verified_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function CoverageChip({ coverage }: { coverage: Coverage | undefined }) {
  const now = useNow();
  if (!coverage || coverage.cells === 0) return null;
  const bad = coverage.stale + coverage.denied + coverage.never;
  const tone = coverage.denied > 0 ? "bad" : bad > 0 ? "late" : "good";
  const age = coverage.oldest_verified_at
    ? `verified ${formatAge(coverage.oldest_verified_at, now)}`
    : "never verified";
  return (
    <Popover position="bottom-start" width={420} shadow="md" transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <button type="button" className={`chip ${tone}`}>
          <Dot tone={tone} />
          {bad > 0 ? `${age} · ${formatCount(bad)} of ${plural(coverage.cells, "cell")} not up to date` : age}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="What this rests on">
        <p>
          {formatCount(coverage.complete)} of {plural(coverage.cells, "cell")} (account × region × kind) were read whole
          {coverage.oldest_verified_at && (
            <>
              , the oldest <Age time={coverage.oldest_verified_at} />
            </>
          )}
          .
        </p>
        {coverage.troubled.length > 0 && <TroubledCells coverage={coverage} />}
        <Link href="/accounts?tab=cells">All cells</Link>
      </Popover.Dropdown>
    </Popover>
  );
}

// Above a table whose rows are not all there are: never in place of it.
export function CoverageBanner({ coverage }: { coverage: Coverage | undefined }) {
  const accounts = useAccounts();
  if (!coverage || coverage.cells === 0) return null;
  const missing = coverage.denied + coverage.never;
  if (missing === 0) return null;
  const names = [...new Set(coverage.troubled.map((cell) => accounts.name(cell.account)))];
  const some = names.slice(0, 3).join(", ") + (names.length > 3 ? " and others" : "");
  const denied = coverage.denied > 0;
  return (
    <div className={`banner ${denied ? "bad" : "late"}`} role="status">
      <Icon name={denied ? "lock" : "warning"} />
      <span>
        {denied
          ? `AWS refuses to show ${plural(coverage.denied, "cell")}${some ? ` (${some})` : ""}`
          : `${plural(coverage.never, "cell")} ${coverage.never === 1 ? "has" : "have"} never been read`}
        : there may be more than is shown here.
      </span>
      <Link className="button small" href={denied ? "/accounts?tab=cells&outcome=denied" : "/accounts?tab=cells"}>
        {denied ? "What is missing" : "Which"}
      </Link>
    </div>
  );
}
