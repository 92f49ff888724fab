// Saved views: this table's address under a name, for oneself or for everybody.

import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Menu, Modal, TextInput } from "@mantine/core";
import { get, send } from "@/api/client";
import type { Rows } from "@/api/types";
import { go, useLocation } from "@/route/location";
import { sentence } from "@/session/SignIn";
import { Icon } from "@/ui/icons";
import { copy } from "@/ui/parts";
import { toast } from "@/ui/toasts";

export interface View {
  id: number;
  name: string;
  path: string;
  query: string;
  shared: boolean;
  mine: boolean;
}

const viewsKey = ["views"];

export function useViews(path: string) {
  const query = useQuery({
    queryKey: viewsKey,
    queryFn: ({ signal }) => get<Rows<View>>("views", {}, signal),
    staleTime: 60_000,
  });
  return (query.data?.rows ?? []).filter((view) => view.path === path);
}

// Without the moment: a view is a question, and is asked anew.
export function viewQuery(query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  kept.delete("at");
  return kept.toString();
}

export function viewHref(path: string, query: URLSearchParams): string {
  const text = viewQuery(query);
  return text ? `${path}?${text}` : path;
}

function SaveDialog({ onClose }: { onClose: () => void }) {
  const { path, query } = useLocation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => send<View>("POST", "views", { name: name.trim(), path, query: viewQuery(query), shared }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: viewsKey });
      toast("The view is saved");
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Save this view" size={420}>
      <form className="form" onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          maxLength={80}
        />
        <label className="keys-switch">
          <input type="checkbox" checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
          Everybody may open it (each sees what their accounts allow)
        </label>
        {save.error && (
          <p className="error" role="alert">
            {sentence(save.error)}
          </p>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={!name.trim() || save.isPending}>
            Save
          </button>
        </div>
      </form>
    </Modal>
  );
}

export function Views() {
  const { path, query } = useLocation();
  const views = useViews(path);
  const client = useQueryClient();
  const [saving, setSaving] = useState(false);
  const remove = useMutation({
    mutationFn: (view: View) => send("DELETE", `views/${view.id}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: viewsKey }),
    onError: (error) => toast(sentence(error), "bad"),
  });
  const here = viewQuery(query);
  const current = views.find((view) => view.query === here);
  return (
    <>
      <Menu position="bottom-end" width={270} shadow="md" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" className="button">
            <Icon name="star" size={15} />
            <span className="wide-only cut view-name">{current?.name ?? "Views"}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <div className="menu-who dim">No saved views of this table yet.</div>}
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              onClick={() => go(`${path}${view.query ? `?${view.query}` : ""}`)}
              leftSection={<Icon name={view === current ? "check" : view.shared ? "share" : "star"} size={14} />}
            >
              {view.name}
              {!view.mine && <span className="dim"> (shared)</span>}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="plus" size={14} />} onClick={() => setSaving(true)}>
            Save this view …
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="share" size={14} />}
            onClick={() => void copy(new URL(viewHref(path, query), location.origin).href, "a link to this view")}
          >
            Copy a link to this view
          </Menu.Item>
          {current?.mine && (
            <Menu.Item leftSection={<Icon name="trash" size={14} />} onClick={() => remove.mutate(current)}>
              Remove “{current.name}”
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {saving && <SaveDialog onClose={() => setSaving(false)} />}
    </>
  );
}
