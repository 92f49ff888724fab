import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { accountsQuery, kindsQuery } from "@/api/queries";
import type { Account, Kind } from "@/api/types";
import { shortKind, singular } from "./categories";

// The catalogue's kinds, by name.
export function useKinds() {
  const query = useQuery(kindsQuery());
  return useMemo(() => {
    const kinds = query.data ?? [];
    const byName = new Map<string, Kind>(kinds.map((kind) => [kind.name, kind]));
    return {
      kinds,
      pending: query.isPending,
      error: query.error,
      retry: () => void query.refetch(),
      find: (name: string) => byName.get(name),
      title: (name: string) => byName.get(name)?.title ?? shortKind(name),
      one: (name: string) => singular(byName.get(name)?.title ?? shortKind(name)),
    };
  }, [query.data, query.isPending, query.error]);
}

export function useAccounts() {
  const query = useQuery(accountsQuery());
  return useMemo(() => {
    const byId = new Map<string, Account>((query.data ?? []).map((account) => [account.id, account]));
    return {
      accounts: query.data ?? [],
      pending: query.isPending,
      name: (id: string) => byId.get(id)?.name || id,
      find: (id: string) => byId.get(id),
    };
  }, [query.data, query.isPending]);
}
