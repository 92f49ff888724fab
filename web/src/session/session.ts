// Signing in and out, and who one is.

import { url } from "@/api/address";
import { get, send, request } from "@/api/client";
import { session, type SessionState } from "@/api/health";
import { recall, remember } from "@/base/storage";

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

// Whether there was a session when last asked: no proof of one now, but a reason to ask for more (public/first.js reads it, too).
const SIGNED_IN = "signed in";

export function wasSignedIn(): boolean {
  return recall(SIGNED_IN, false);
}

function become(next: SessionState): void {
  remember(SIGNED_IN, next.phase === "open");
  session.set(next);
}

// `ready`: what is waited for besides, before the page is drawn.
export async function askSession(ready?: Promise<void>): Promise<void> {
  const before = session.get();
  const next = stateOf(await get<Answer>("session"));
  await ready;
  // A session that ended under an open page leaves the page as it is.
  if (next.phase === "none" && (before.phase === "open" || before.phase === "ended"))
    session.set({ ...before, phase: "ended" });
  else become(next);
}

export async function signIn(name: string, password: string): Promise<void> {
  const answer = await request<Answer>(url("session"), { method: "POST", body: { name, password }, quiet: true });
  become(stateOf(answer));
}

export async function signOut(): Promise<void> {
  try {
    await send("DELETE", "session");
  } finally {
    remember(SIGNED_IN, false);
    location.assign("/");
  }
}

// Where the identity provider is asked; it comes back to this very view.
export function providerHref(): string {
  return url("session/oidc", { next: location.pathname + location.search });
}
