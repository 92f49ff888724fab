// The dumps that came, the latest first: what became of each, and why one was set aside.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dumpsQuery, retryDump, type Dump } from "@/api/clusters";
import { may, type Principal } from "@/api/health";
import { formatCount } from "@/base/format";
import { sentence } from "@/session/SignIn";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, CopyButton, Dot, SkeletonRows } from "@/ui/parts";
import { toast } from "@/ui/toasts";

const STATES = {
  waiting: { tone: "moving", word: "waiting" },
  done: { tone: "good", word: "read" },
  poison: { tone: "bad", word: "poison" },
} as const;

function useRetry(account: string, cluster: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (dump: string) => retryDump(account, cluster, dump),
    onSuccess: () => {
      toast("It will be read again");
      for (const key of ["dumps", "cluster", "clusters"]) void client.invalidateQueries({ queryKey: [key] });
    },
    onError: (error) => toast(sentence(error), "bad"),
  });
}

function Row({ dump, onRetry, busy }: { dump: Dump; onRetry: (() => void) | null; busy: boolean }) {
  const state = STATES[dump.state];
  return (
    <tr className={dump.state}>
      <td className="first">
        <span className="status">
          <Dot tone={state.tone} />
          {state.word}
        </span>
      </td>
      <td>
        <span className="copyable">
          <code title={dump.place}>{dump.dump}</code>
          {dump.place && <CopyButton text={dump.place} what="where it lies" />}
        </span>
      </td>
      <td>
        <Age time={dump.seen_at} />
      </td>
      <td>
        <Age time={dump.settled_at} never="not yet" />
      </td>
      <td className="right">{formatCount(dump.tries)}</td>
      <td className="dump-reason">{dump.reason}</td>
      {onRetry && (
        <td className="right">
          {dump.state === "poison" && (
            <button type="button" className="button small" disabled={busy} onClick={onRetry}>
              <Icon name="refresh" size={13} />
              Read again
            </button>
          )}
        </td>
      )}
    </tr>
  );
}

export function Dumps({ account, cluster, who }: { account: string; cluster: string; who: Principal }) {
  const asked = useQuery(dumpsQuery(account, cluster));
  const retry = useRetry(account, cluster);
  const operates = may(who, "operator");
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <SkeletonRows />;
  if (asked.data.length === 0)
    return (
      <Notice icon="empty" title="No dump is in the ledger">
        Dumps that come through a bucket are listed here, and those that could not be read are set aside with the
        reason. What was read by hand is not.
      </Notice>
    );
  return (
    <section className="panel scroll-x" tabIndex={0} aria-label="Dumps">
      <table className="plain dumps">
        <thead>
          <tr>
            <th className="first">State</th>
            <th>Dump</th>
            <th>Heard of</th>
            <th>Settled</th>
            <th className="right">Tries</th>
            <th>Why</th>
            {operates && (
              <th>
                <span className="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {asked.data.map((dump) => (
            <Row
              key={dump.dump}
              dump={dump}
              busy={retry.isPending}
              onRetry={operates ? () => retry.mutate(dump.dump) : null}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}
