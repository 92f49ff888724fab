// Who may come in, as what, and to which accounts.

import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Modal, PasswordInput, TextInput } from "@mantine/core";
import { get, send } from "@/api/client";
import type { Rows } from "@/api/types";
import { useAccounts } from "@/kinds/useKinds";
import { sentence } from "@/session/SignIn";
import { Icon } from "@/ui/icons";
import { Failure } from "@/ui/notices";
import { Age, SkeletonRows } from "@/ui/parts";
import { toast } from "@/ui/toasts";
import { AccountsChoice } from "./AccountsChoice";

interface User {
  id: number;
  name: string;
  role: string;
  accounts: string[] | null;
  disabled: boolean;
  provider: string;
  created_at: string;
  signed_in_at: string | null;
}

const ROLES = [
  { id: "viewer", says: "sees" },
  { id: "operator", says: "sees, and starts collections" },
  { id: "admin", says: "all that, and manages users" },
];

const usersKey = ["users"];

function UserDialog({ user, onClose }: { user: User | null; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? "");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState(user?.role ?? "viewer");
  const [accounts, setAccounts] = useState<string[] | null>(user?.accounts ?? null);
  const local = !user?.provider;
  const save = useMutation({
    mutationFn: () => {
      const scope = accounts === null ? (user ? { all_accounts: true } : {}) : { accounts };
      if (!user) return send("POST", "users", { name: name.trim(), password, role, ...scope });
      return send("PATCH", `users/${user.id}`, { role, ...scope, ...(password ? { password } : {}) });
    },
    onSuccess: () => {
      toast(user ? "The user is changed" : "The user is added");
      void client.invalidateQueries({ queryKey: usersKey });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={user ? `Change ${user.name}` : "New user"} size={480}>
      <form className="form" onSubmit={submit}>
        {!user && (
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
            autoComplete="off"
          />
        )}
        {local && (
          <PasswordInput
            label={user ? "New password (only to change it)" : "Password"}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <fieldset className="accounts-choice">
          <legend>Role</legend>
          {ROLES.map(({ id, says }) => (
            <label key={id} className="facet-value">
              <input type="radio" name="role" checked={role === id} onChange={() => setRole(id)} disabled={!local} />
              <b>{id}</b> <span className="dim">{says}</span>
            </label>
          ))}
        </fieldset>
        <AccountsChoice value={accounts} onChange={setAccounts} />
        {save.error && (
          <p className="error" role="alert">
            {sentence(save.error)}
          </p>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={save.isPending || (!user && (!name.trim() || !password))}
          >
            {user ? "Save" : "Add the user"}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function Confirm({ user, onClose }: { user: User; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => send("DELETE", `users/${user.id}`),
    onSuccess: () => {
      toast("The user is removed");
      void client.invalidateQueries({ queryKey: usersKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Remove ${user.name}?`} size={420}>
      <div className="form">
        <p>Sessions and tokens of this user end at once. This cannot be undone.</p>
        {remove.error && (
          <p className="error" role="alert">
            {sentence(remove.error)}
          </p>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={onClose} data-autofocus>
            Cancel
          </button>
          <button type="button" className="button danger" onClick={() => remove.mutate()} disabled={remove.isPending}>
            Remove
          </button>
        </div>
      </div>
    </Modal>
  );
}

export function Users() {
  const client = useQueryClient();
  const accounts = useAccounts();
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const [removing, setRemoving] = useState<User | null>(null);
  const asked = useQuery({
    queryKey: usersKey,
    queryFn: ({ signal }) => get<Rows<User>>("users", {}, signal),
    select: (answer) => answer.rows,
  });
  const disable = useMutation({
    mutationFn: (user: User) => send("PATCH", `users/${user.id}`, { disabled: !user.disabled }),
    onSuccess: () => void client.invalidateQueries({ queryKey: usersKey }),
    onError: (error) => toast(sentence(error), "bad"),
  });
  if (asked.isError && !asked.data) return <Failure error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <div className="stack">
      <div className="line">
        <p className="dim grow">A user who is limited to some accounts never learns of others.</p>
        <button type="button" className="button primary" onClick={() => setEditing("new")}>
          <Icon name="plus" size={14} />
          New user
        </button>
      </div>
      {asked.isPending ? (
        <SkeletonRows count={4} />
      ) : (
        <section className="panel scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th className="first">Name</th>
                <th>Role</th>
                <th>Accounts</th>
                <th>Signs in by</th>
                <th>Last sign-in</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {asked.data?.map((user) => (
                <tr key={user.id}>
                  <td className="first">
                    <b>{user.name}</b>
                    {user.disabled && <span className="chip late disabled-mark">disabled</span>}
                  </td>
                  <td>{user.role}</td>
                  <td>{user.accounts === null ? "all" : user.accounts.map(accounts.name).join(", ") || "none"}</td>
                  <td>{user.provider ? "single sign-on" : "password"}</td>
                  <td>
                    <Age time={user.signed_in_at} />
                  </td>
                  <td className="right nowrap">
                    <button
                      type="button"
                      className="button quiet small"
                      onClick={() => setEditing(user)}
                      aria-label={`Change ${user.name}`}
                    >
                      Change
                    </button>
                    <button type="button" className="button quiet small" onClick={() => disable.mutate(user)}>
                      {user.disabled ? "Enable" : "Disable"}
                    </button>
                    <button type="button" className="button quiet small danger" onClick={() => setRemoving(user)}>
                      Remove
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {editing && <UserDialog user={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {removing && <Confirm user={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}
