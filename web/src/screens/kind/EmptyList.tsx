// Why there are no rows, and what to do: nothing matches, nothing exists, nothing was read, or AWS does not let us see.

import { may, type Principal } from "@/api/health";
import type { List } from "@/api/types";
import { formatTime, plural } from "@/base/format";
import { useRefresh } from "@/screens/accounts/refresh";
import { Link } from "@/route/Link";
import { Notice } from "@/ui/notices";
import { outcomeOf } from "@/ui/states";

interface Props {
  answer: List;
  title: string;
  kind: string;
  narrowed: boolean; // a query or a facet stands in the way
  at: string | null;
  who: Principal;
  onClear: () => void;
}

export type Emptiness = "narrowed" | "past" | "denied" | "never" | "none";

export function emptinessOf({ coverage }: List, narrowed: boolean, at: string | null): Emptiness {
  if (narrowed) return "narrowed";
  if (at) return "past";
  if (coverage.cells > 0 && coverage.complete > 0) return "none";
  if (coverage.denied > 0) return "denied";
  return "never";
}

export function EmptyList({ answer, title, kind, narrowed, at, who, onClear }: Props) {
  const collect = useRefresh();
  const collectNow = may(who, "operator") && (
    <button type="button" className="button primary" onClick={() => collect.start({ kinds: [kind] })}>
      Collect now
    </button>
  );
  switch (emptinessOf(answer, narrowed, at)) {
    case "narrowed":
      return (
        <Notice
          icon="filter"
          title={`No ${title} match`}
          actions={
            <button type="button" className="button" onClick={onClear}>
              Clear query and filters
            </button>
          }
        >
          Remove a filter or a word of the query. What is gone can be found with is:deleted.
        </Notice>
      );
    case "past":
      return (
        <Notice icon="clock" title={`No ${title} were known then`}>
          Nothing of this kind was recorded for {formatTime(at ?? "")}. The record begins with the first collection.
        </Notice>
      );
    case "none":
      return (
        <Notice icon="empty" title={`There are no ${title}`}>
          All {plural(answer.coverage.cells, "cell")} of this kind were read, and none has any.
        </Notice>
      );
    case "denied": {
      const cell = answer.coverage.troubled[0];
      return (
        <Notice
          icon="lock"
          title="AWS does not let us see them"
          actions={
            <Link className="button" href={`/accounts?tab=cells&kind=${kind}`}>
              Cells of this kind
            </Link>
          }
        >
          {cell?.message || `${outcomeOf("denied").means} cadastre doctor names what is missing.`}
        </Notice>
      );
    }
    default:
      return (
        <Notice
          icon="clock"
          title="Not collected yet"
          actions={
            <>
              {collectNow}
              <Link className="button" href="/accounts?tab=runs">
                Collections
              </Link>
            </>
          }
        >
          No cell of this kind has been read. {may(who, "operator") ? "" : "Operators can start a collection."}
        </Notice>
      );
  }
}
