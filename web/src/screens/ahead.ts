// What the first page shows is asked beside the session, and not when the page has been drawn without it: so it is drawn once,
// with its rows, and not first as a skeleton.

import type { QueryClient } from "@tanstack/react-query";
import { accountsQuery, kindsQuery } from "@/api/queries";
import { parseLocation } from "@/route/location";
import { wasSignedIn } from "@/session/session";
import { listingQuery } from "./kind/listing";

const PATIENCE = 80; // milliseconds after which a skeleton is better than nothing

// Resolves when the answers are there, or when it has been long enough. Whatever fails is asked again by the page itself.
export async function askAhead(client: QueryClient): Promise<void> {
  if (!wasSignedIn()) return; // nobody else would be answered
  const asked = [client.prefetchQuery(kindsQuery())];
  const { parts, query } = parseLocation(location.pathname + location.search);
  const [head, kind] = parts;
  if (head === "resources" && kind && parts.length === 2)
    asked.push(
      client.prefetchQuery(accountsQuery()),
      client.prefetchInfiniteQuery(listingQuery(kind, query, undefined)),
    );
  await Promise.race([Promise.all(asked), new Promise((done) => setTimeout(done, PATIENCE))]);
}
