// Signing in and out, and who one is.

import { get, send, url, request } from "@/api/client";
import { session, type SessionState } from "@/api/health";

interface Answer {
  provider: boolean;
  user: { name: string; role: string; accounts: string[] | null } | null;
  csrf: string | null;
  release?: string;
}

function stateOf(answer: Answer): SessionState {
  if (!answer.user) return { phase: "none", provider: answer.provider };
  const { name, role, accounts } = answer.user;
  return {
    phase: "open",
    who: { name, role, accounts, csrf: answer.csrf ?? "" },
    provider: answer.provider,
    release: answer.release ?? "",
  };
}

export async function askSession(): Promise<void> {
  const before = session.get();
  const next = stateOf(await get<Answer>("session"));
  // A session that ended under an open page leaves the page as it is.
  if (next.phase === "none" && (before.phase === "open" || before.phase === "ended"))
    session.set({ ...before, phase: "ended" });
  else session.set(next);
}

export async function signIn(name: string, password: string): Promise<void> {
  const answer = await request<Answer>(url("session"), { method: "POST", body: { name, password }, quiet: true });
  session.set(stateOf(answer));
}

export async function signOut(): Promise<void> {
  try {
    await send("DELETE", "session");
  } finally {
    location.assign("/");
  }
}

// Where the identity provider is asked; it comes back to this very view.
export function providerHref(): string {
  return url("session/oidc", { next: location.pathname + location.search });
}
