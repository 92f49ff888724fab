// Who signed in, used a token or changed a setting.

import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import { formatExactTime, formatTime } from "@/base/format";
import { Failure } from "@/ui/notices";
import { SkeletonRows } from "@/ui/parts";

interface Entry {
  id: number;
  at: string;
  actor: string;
  action: string;
  object: string;
  detail: string;
  address: string;
  request_id: string;
}

export function Audit() {
  const asked = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      get<{ rows: Entry[]; next: string }>("audit", { limit: 100, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next || undefined,
  });
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (asked.isPending) return <SkeletonRows />;
  const entries = asked.data.pages.flatMap((page) => page.rows);
  return (
    <div className="stack">
      <section className="panel scroll-x" aria-label="Audit log" tabIndex={0}>
        <table className="plain">
          <thead>
            <tr>
              <th className="first">Time</th>
              <th>Who</th>
              <th>What</th>
              <th>Of what</th>
              <th>Detail</th>
              <th>From</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td className="first number nowrap" title={formatExactTime(entry.at)}>
                  {formatTime(entry.at)}
                </td>
                <td className="nowrap">{entry.actor}</td>
                <td className="nowrap">{entry.action}</td>
                <td>{entry.object}</td>
                <td className="dim">{entry.detail}</td>
                <td className="number">{entry.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {asked.hasNextPage && (
        <button
          type="button"
          className="button"
          onClick={() => void asked.fetchNextPage()}
          disabled={asked.isFetchingNextPage}
        >
          Older entries
        </button>
      )}
    </div>
  );
}
