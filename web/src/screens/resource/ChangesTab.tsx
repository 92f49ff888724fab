// The versions of a resource, newest first, and what each changed: path by path, and line by line.

import { lazy, Suspense, useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { versionsQuery } from "@/api/queries";
import type { Version } from "@/api/types";
import { formatDuration, formatExactTime, formatTime, plural } from "@/base/format";
import { causeTitle, headline } from "@/diff/changes";
import { Differences } from "@/diff/Differences";
import { change, useLocation } from "@/route/location";
import { Failure, Notice } from "@/ui/notices";
import { Age, Skeleton, SkeletonRows } from "@/ui/parts";

const DiffView = lazy(() => import("@/diff/DiffView"));

function lasted(version: Version): string {
  const end = version.to ? Date.parse(version.to) : Date.now();
  const text = formatDuration((end - Date.parse(version.from)) / 1000);
  return version.to ? `held for ${text}` : `holds since ${text}`;
}

function Timeline({
  versions,
  chosen,
  onChoose,
}: {
  versions: Version[];
  chosen: Version;
  onChoose: (version: Version) => void;
}) {
  return (
    <ol className="timeline" aria-label="Versions, newest first">
      {versions.map((version) => (
        <li key={version.sequence} aria-current={version === chosen ? "true" : undefined}>
          <button type="button" onClick={() => onChoose(version)} aria-pressed={version === chosen}>
            <b className="cut">{headline(version.differences, version.cause)}</b>
            <span className="dim" title={formatExactTime(version.from)}>
              <Age time={version.from} /> · {formatTime(version.from)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

export function ChangesTab({ id }: { id: string }) {
  const { query } = useLocation();
  const asked = useQuery(versionsQuery(id));
  const versions = useMemo(() => [...(asked.data ?? [])].reverse(), [asked.data]);
  if (asked.isError) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (asked.isPending) return <SkeletonRows />;
  const chosen = versions.find((version) => String(version.sequence) === query.get("v")) ?? versions[0];
  if (!chosen) return <Notice icon="changes" title="No versions are kept of this kind" />;
  const position = versions.indexOf(chosen);
  const base = versions.find((version) => String(version.sequence) === query.get("with")) ?? versions[position + 1];
  const direct = base === versions[position + 1];
  const gone = chosen.cause === "closed" || chosen.cause === "retired";
  const before = base?.data;
  const after = chosen.data;
  return (
    <div className="changes-tab">
      <div>
        <Timeline
          versions={versions}
          chosen={chosen}
          onChoose={(version) =>
            change({ v: version === versions[0] ? null : String(version.sequence), with: null }, { replace: true })
          }
        />
      </div>
      <div className="changes-diff">
        <div className="line changes-diff-head">
          <h2>{causeTitle(chosen.cause)}</h2>
          <span className="dim">
            first observed {formatExactTime(chosen.from)}, {lasted(chosen)}
          </span>
          {versions.length > 1 && (
            <label className="line compare-with">
              <span className="dim">Compare with</span>
              <select
                className="plain-input"
                value={base?.sequence ?? ""}
                onChange={(event) => change({ with: event.currentTarget.value }, { replace: true })}
              >
                {versions
                  .filter((version) => version !== chosen)
                  .map((version) => (
                    <option key={version.sequence} value={version.sequence}>
                      {formatTime(version.from)}
                      {version === versions[position + 1] ? " (the one before)" : ""}
                    </option>
                  ))}
              </select>
            </label>
          )}
        </div>
        {direct && chosen.differences.length > 0 && (
          <section className="panel panel-pad" aria-label={plural(chosen.differences.length, "difference")}>
            <Differences key={chosen.sequence} differences={chosen.differences} />
          </section>
        )}
        {gone && <p className="dim">It was no longer in the list that AWS gave. Its last document is below.</p>}
        <Suspense fallback={<Skeleton height={300} />}>
          <DiffView
            before={base ? before : after}
            after={after ?? before}
            label="Differences of the documents, line by line"
          />
        </Suspense>
      </div>
    </div>
  );
}
