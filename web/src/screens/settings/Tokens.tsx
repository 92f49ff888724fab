// API tokens: made once, shown once, withdrawn at any time.

import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Modal, TextInput } from "@mantine/core";
import { get, send } from "@/api/client";
import { may, type Principal } from "@/api/health";
import type { Rows } from "@/api/types";
import { formatDate } from "@/base/format";
import { useAccounts } from "@/kinds/useKinds";
import { sentence } from "@/session/SignIn";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { Age, CopyButton, SkeletonRows } from "@/ui/parts";
import { toast } from "@/ui/toasts";
import { AccountsChoice } from "./AccountsChoice";

interface Token {
  id: number;
  name: string;
  owner: string;
  scopes: string[];
  accounts: string[] | null;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  used_from: string;
}

const SCOPES = [
  { id: "read", says: "read everything its accounts have", role: "viewer" },
  { id: "collect", says: "also start collections", role: "operator" },
  { id: "admin", says: "also manage users and tokens", role: "admin" },
  { id: "metrics", says: "read /metrics", role: "viewer" },
] as const;

const LIFETIMES = [
  { days: 30, title: "30 days" },
  { days: 90, title: "90 days" },
  { days: 365, title: "a year" },
  { days: 0, title: "no end" },
];

const tokensKey = ["tokens"];

function NewToken({ who, onClose }: { who: Principal; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState("read");
  const [days, setDays] = useState(90);
  const [accounts, setAccounts] = useState<string[] | null>(null);
  const make = useMutation({
    mutationFn: () =>
      send<{ token: string }>("POST", "tokens", {
        name: name.trim(),
        scopes: [scope],
        ...(accounts === null ? {} : { accounts }),
        ...(days > 0 ? { expires: new Date(Date.now() + days * 86_400_000).toISOString() } : {}),
      }),
    onSuccess: () => void client.invalidateQueries({ queryKey: tokensKey }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  if (make.data)
    return (
      <Modal opened onClose={onClose} title="The new token" size={520}>
        <div className="form">
          <p>Keep it now: it is not shown again.</p>
          <div className="line secret">
            <code className="grow" data-testid="token">
              {make.data.token}
            </code>
            <CopyButton text={make.data.token} what="the token">
              Copy
            </CopyButton>
          </div>
          <pre className="example">{`curl -H "Authorization: Bearer …" \\\n  ${location.origin}/api/v1/resources?q=web`}</pre>
          <div className="actions">
            <button type="button" className="button primary" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Modal>
    );
  return (
    <Modal opened onClose={onClose} title="New API token" size={480}>
      <form className="form" onSubmit={submit}>
        <TextInput
          label="Name"
          description="What will use it, as: ci, terraform, laptop"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <fieldset className="accounts-choice">
          <legend>It may</legend>
          {SCOPES.filter(({ role }) => may(who, role)).map(({ id, says }) => (
            <label key={id} className="facet-value">
              <input type="radio" name="scope" checked={scope === id} onChange={() => setScope(id)} />
              <b>{id}</b> <span className="dim">{says}</span>
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span>It lives for</span>
          <select className="plain-input" value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {LIFETIMES.map((lifetime) => (
              <option key={lifetime.days} value={lifetime.days}>
                {lifetime.title}
              </option>
            ))}
          </select>
        </label>
        <AccountsChoice value={accounts} onChange={setAccounts} />
        {make.error && (
          <p className="error" role="alert">
            {sentence(make.error)}
          </p>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={!name.trim() || make.isPending}>
            Make the token
          </button>
        </div>
      </form>
    </Modal>
  );
}

export function Tokens({ who }: { who: Principal }) {
  const admin = may(who, "admin");
  const client = useQueryClient();
  const accounts = useAccounts();
  const [making, setMaking] = useState(false);
  const asked = useQuery({
    queryKey: [...tokensKey, admin],
    queryFn: ({ signal }) => get<Rows<Token>>("tokens", { all: admin }, signal),
    select: (answer) => answer.rows,
  });
  const remove = useMutation({
    mutationFn: (token: Token) => send("DELETE", `tokens/${token.id}`),
    onSuccess: () => {
      toast("The token is withdrawn");
      void client.invalidateQueries({ queryKey: tokensKey });
    },
    onError: (error) => toast(sentence(error), "bad"),
  });
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <div className="stack">
      <div className="line">
        <p className="dim grow">Programs sign in with tokens. A token may never do more than its owner.</p>
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          <Icon name="plus" size={14} />
          New token
        </button>
      </div>
      {asked.isPending ? (
        <SkeletonRows count={4} />
      ) : asked.data?.length === 0 ? (
        <Notice icon="terminal" title="No tokens yet" />
      ) : (
        <section className="panel scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th className="first">Name</th>
                {admin && <th>Owner</th>}
                <th>May</th>
                <th>Accounts</th>
                <th>Made</th>
                <th>Ends</th>
                <th>Last used</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {asked.data?.map((token) => (
                <tr key={token.id}>
                  <td className="first">
                    <b>{token.name}</b>
                  </td>
                  {admin && <td>{token.owner}</td>}
                  <td>{token.scopes.join(", ")}</td>
                  <td>{token.accounts === null ? "all" : token.accounts.map(accounts.name).join(", ") || "none"}</td>
                  <td>
                    <Age time={token.created_at} />
                  </td>
                  <td>{token.expires_at ? formatDate(token.expires_at) : <span className="dim">never</span>}</td>
                  <td>
                    <Age time={token.used_at} />
                    {token.used_from && <span className="dim"> from {token.used_from}</span>}
                  </td>
                  <td className="right">
                    <button type="button" className="button quiet small danger" onClick={() => remove.mutate(token)}>
                      Withdraw
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {making && <NewToken who={who} onClose={() => setMaking(false)} />}
    </div>
  );
}
