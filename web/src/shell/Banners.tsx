// What the whole page has to say: the server is silent, the session has ended, a collection is under way.

import { useEffect, useRef } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { Modal } from "@mantine/core";
import { reachable, serverAnswered, session } from "@/api/health";
import { askAgain } from "@/api/queries";
import { useSignal } from "@/base/signal";
import { formatCount } from "@/base/format";
import { askSession, signOut } from "@/session/session";
import { SignInForm } from "@/session/SignIn";
import { Icon } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { Link } from "@/route/Link";
import { running } from "./events";

const EVERY = 3_000;

// While nobody answers, health is asked; when it does, all that is on screen is asked again.
export function SilenceBanner() {
  const answers = useSignal(reachable);
  const client = useQueryClient();
  const silent = useRef(false);
  useEffect(() => {
    if (answers) {
      if (!silent.current) return;
      silent.current = false;
      toast("The server is back");
      void askSession().then(
        () => askAgain(client),
        () => undefined,
      );
      return;
    }
    silent.current = true;
    const timer = setInterval(() => {
      fetch("/readyz", { cache: "no-store" }).then(
        (response) => {
          if (response.ok) serverAnswered();
        },
        () => undefined,
      );
    }, EVERY);
    return () => clearInterval(timer);
  }, [answers, client]);
  if (answers) return null;
  return (
    <div className="banner bad" role="alert">
      <Icon name="unplugged" />
      The server does not answer. What you see is what it said last; it is asked again every few seconds.
    </div>
  );
}

// The view stays behind the form, and goes on when one is back.
export function SessionEnded() {
  const state = useSignal(session);
  const client = useQueryClient();
  const ended = state.phase === "ended";
  const before = useRef("");
  useEffect(() => {
    if (state.phase === "ended") before.current = state.who.name;
    if (state.phase !== "open" || !before.current) return;
    // Somebody else is in now: nothing of the former answers may stay.
    if (state.who.name !== before.current) client.clear();
    before.current = "";
    void askAgain(client);
  }, [state, client]);
  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
      size={400}
    >
      {state.phase === "ended" && (
        <div className="form">
          <p className="dim">Sign in again to go on where you are.</p>
          <SignInForm provider={state.provider} name={state.who.name} />
          <button type="button" className="button quiet" onClick={() => void signOut()}>
            Sign in as somebody else
          </button>
        </div>
      )}
    </Modal>
  );
}

// In the header, while something is being collected.
export function RunningChip() {
  const runs = useSignal(running);
  if (runs.length === 0) return null;
  const done = runs.reduce((sum, run) => sum + run.done, 0);
  const cells = runs.reduce((sum, run) => sum + run.cells, 0);
  return (
    <Link className="chip accent" href="/accounts?tab=runs" title="A collection is under way">
      <span className="spin" aria-hidden="true" />
      Collecting{cells > 0 && ` ${formatCount(done)} of ${formatCount(cells)}`}
    </Link>
  );
}
