// Whether there is a session, and whether the server answers. The shell watches both (shell/Shell.tsx).

import { signal } from "@/base/signal";

export interface Principal {
  name: string;
  role: string; // viewer, operator, admin
  accounts: string[] | null; // null: all
  csrf: string;
}

export type SessionState =
  | { phase: "asking" }
  | { phase: "none"; provider: boolean } // provider: one may sign in through the company's identity provider
  | { phase: "open"; who: Principal; provider: boolean; release: string }
  | { phase: "ended"; who: Principal; provider: boolean; release: string }; // it was open; the view stays until one is back

export const session = signal<SessionState>({ phase: "asking" });

export function csrfToken(): string {
  const state = session.get();
  return state.phase === "open" || state.phase === "ended" ? state.who.csrf : "";
}

export function sessionEnded(): void {
  const state = session.get();
  if (state.phase === "open") session.set({ ...state, phase: "ended" });
}

export const reachable = signal(true);

export function serverSilent(): void {
  reachable.set(false);
}

export function serverAnswered(): void {
  reachable.set(true);
}

const RANK: Record<string, number> = { viewer: 1, operator: 2, admin: 3 };

export function may(who: Principal, role: "viewer" | "operator" | "admin"): boolean {
  return (RANK[who.role] ?? 0) >= (RANK[role] ?? 9);
}
