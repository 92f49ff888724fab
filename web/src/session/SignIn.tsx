// The sign-in page, and the same form over a view whose session has ended.

import { useEffect, useState, type FormEvent } from "react";
import { PasswordInput, TextInput } from "@mantine/core";
import { Problem } from "@/api/problem";
import { Logo } from "@/ui/icons";
import { providerHref, signIn } from "./session";

interface Props {
  provider: boolean;
  name?: string; // whose session ended
}

function useForm(act: () => Promise<void>) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      await act();
    } catch (problem) {
      setError(sentence(problem));
    } finally {
      setBusy(false);
    }
  };
  return { error, busy, submit };
}

export function sentence(problem: unknown): string {
  const text = problem instanceof Problem && problem.detail ? problem.detail : String((problem as Error).message);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

export function SignInForm({ provider, name: known = "" }: Props) {
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const { error, busy, submit } = useForm(async () => {
    await signIn(name, password);
  });
  return (
    <form className="form" onSubmit={submit} aria-label="Sign in">
      {provider && (
        <>
          <a className="button sign-in-provider" href={providerHref()}>
            Continue with single sign-on
          </a>
          <div className="sign-in-or">or with a password</div>
        </>
      )}
      <TextInput
        label="Name"
        name="username"
        autoComplete="username"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoFocus={!known}
        required
        withAsterisk={false}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoFocus={Boolean(known)}
        required
        withAsterisk={false}
      />
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="button primary" disabled={busy || !name || !password}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

export function SignInPage({ provider }: Props) {
  useEffect(() => {
    document.title = "Sign in · Cadastre";
  }, []);
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="sign-in-brand">
          <Logo size={30} />
          <div>
            <h1>Cadastre</h1>
            <p className="dim">Everything in all your AWS accounts, now and as it was.</p>
          </div>
        </div>
        <SignInForm provider={provider} />
      </div>
    </main>
  );
}
