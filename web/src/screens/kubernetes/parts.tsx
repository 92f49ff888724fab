// What both pages of clusters say in the same way: severities, and how old the last dump is.

import type { Cluster, Severity } from "@/api/clusters";
import { useNow } from "@/base/clock";
import { useAt } from "@/time/instant";
import { Age, Dot } from "@/ui/parts";
import { dumpFreshness, SEVERITIES, severityTone, severityWords } from "./health";

export function SeverityChips({ counts }: { counts: Record<Severity, number> }) {
  const held = SEVERITIES.filter((severity) => counts[severity] > 0);
  if (held.length === 0) return <span className="chip good">nothing wrong</span>;
  return (
    <>
      {held.map((severity) => (
        <span key={severity} className={`chip ${severityTone(severity)}`}>
          {severityWords(severity, counts[severity])}
        </span>
      ))}
    </>
  );
}

// "fresh · dump 4 min ago", now or before the instant that is shown: in words and in colour.
export function DumpAge({ cluster }: { cluster: Pick<Cluster, "last_dump_at" | "late_since"> }) {
  const now = useNow();
  const at = useAt();
  const { tone, word } = dumpFreshness(cluster, at ? Date.parse(at) : now);
  return (
    <span className={`status dump-age ${tone}`}>
      <Dot tone={tone} />
      {cluster.last_dump_at === null ? (
        word
      ) : (
        <span className="cut">
          {word !== "fresh" && <b>{word}: </b>}dump <Age time={cluster.last_dump_at} asOf={at} />
        </span>
      )}
    </span>
  );
}
