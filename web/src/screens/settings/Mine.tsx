import { useState, type FormEvent } from "react";
import { useMutation } from "@tanstack/react-query";
import { PasswordInput, useMantineColorScheme } from "@mantine/core";
import type { Principal } from "@/api/health";
import { send } from "@/api/client";
import { useSignal } from "@/base/signal";
import { useAccounts } from "@/kinds/useKinds";
import { signOut } from "@/session/session";
import { sentence } from "@/session/SignIn";
import { keysOn, switchKeys } from "@/shell/keys";
import { toast } from "@/ui/toasts";

const THEMES = [
  { scheme: "light", label: "Light" },
  { scheme: "dark", label: "Dark" },
  { scheme: "auto", label: "As the system" },
] as const;

function Password() {
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: () => send("POST", "session/password", { old: before, new: after }),
    onSuccess: () => {
      toast("The password is changed; your other sessions have ended");
      setBefore("");
      setAfter("");
      setAgain("");
    },
  });
  const differ = again !== "" && again !== after;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!differ) save.mutate();
  };
  return (
    <section className="panel settings-panel">
      <header>
        <h2>Password</h2>
      </header>
      <form className="form panel-pad" onSubmit={submit}>
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          value={before}
          onChange={(event) => setBefore(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          value={after}
          onChange={(event) => setAfter(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={differ ? "The two are not the same." : undefined}
        />
        {save.error && (
          <p className="error" role="alert">
            {sentence(save.error)}
          </p>
        )}
        <div className="actions">
          <button
            type="submit"
            className="button primary"
            disabled={!before || !after || after !== again || save.isPending}
          >
            Change the password
          </button>
        </div>
      </form>
    </section>
  );
}

export function Mine({ who }: { who: Principal }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const keys = useSignal(keysOn);
  const accounts = useAccounts();
  return (
    <div className="settings-columns">
      <section className="panel settings-panel">
        <header>
          <h2>{who.name}</h2>
          <button type="button" className="button small aside" onClick={() => void signOut()}>
            Sign out
          </button>
        </header>
        <dl className="facts panel-pad">
          <dt>Role</dt>
          <dd>{who.role}</dd>
          <dt>Accounts</dt>
          <dd>
            {who.accounts === null
              ? "all"
              : who.accounts.length === 0
                ? "none"
                : who.accounts.map(accounts.name).join(", ")}
          </dd>
          <dt>Theme</dt>
          <dd>
            <div className="segmented" role="group" aria-label="Theme">
              {THEMES.map(({ scheme, label }) => (
                <button
                  key={scheme}
                  type="button"
                  aria-pressed={colorScheme === scheme}
                  onClick={() => setColorScheme(scheme)}
                >
                  {label}
                </button>
              ))}
            </div>
          </dd>
          <dt>Keys</dt>
          <dd>
            <label className="line">
              <input type="checkbox" checked={keys} onChange={(event) => switchKeys(event.currentTarget.checked)} />
              Use single keys (? shows them)
            </label>
          </dd>
        </dl>
      </section>
      <Password />
    </div>
  );
}
