// ⌘K: go anywhere, do anything. Pages, kinds, resources by name, and actions, in one list.

import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { useMantineColorScheme } from "@mantine/core";
import { peekQuery } from "@/api/queries";
import { formatCount } from "@/base/format";
import { useKinds } from "@/kinds/useKinds";
import { kindHref, resourceHref } from "@/route/hrefs";
import { change, go } from "@/route/location";
import { signOut } from "@/session/session";
import { useAt } from "@/time/instant";
import { Icon, type IconName } from "@/ui/icons";
import { PAGES } from "./Navigation";
import { searchHref } from "./Search";

interface Entry {
  id: string;
  label: string;
  hint?: string;
  icon: IconName;
  run: () => void;
}

export function matchesWords(label: string, text: string): boolean {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const given = label.toLowerCase();
  return wanted.every((word) => given.includes(word));
}

function Group({ label, entries }: { label: string; entries: Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map(({ id, label: title, hint, icon, run }) => (
        <Spotlight.Action key={id} onClick={run}>
          <span className="palette-entry">
            <Icon name={icon} size={15} />
            <span className="cut">{title}</span>
            {hint && <span className="dim cut palette-hint">{hint}</span>}
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}

function useEntries(text: string) {
  const at = useAt();
  const { kinds, one } = useKinds();
  const { setColorScheme } = useMantineColorScheme();
  const asked = text.trim();
  const hits = useQuery(peekQuery({ q: asked, at, limit: 6 }, asked.length > 1));
  const resources: Entry[] = (asked.length > 1 && !hits.isPlaceholderData ? (hits.data?.rows ?? []) : []).map(
    (row) => ({
      id: row.id,
      label: row.name || row.native_id,
      hint: `${one(row.kind)} · ${row.account_name || row.account} · ${row.region}`,
      icon: "resources",
      run: () => go(resourceHref(row.id)),
    }),
  );
  const places: Entry[] = [
    ...PAGES.map(({ path, title, icon }) => ({ id: path, label: title, icon, run: () => go(path) })),
    ...kinds
      .filter((kind) => kind.count > 0)
      .map((kind) => ({
        id: kind.name,
        label: kind.title,
        hint: formatCount(kind.count),
        icon: "resources" as const,
        run: () => go(kindHref(kind.name)),
      })),
  ];
  const actions: Entry[] = [
    { id: "now", label: "Look at now", icon: "clock", run: () => change({ at: null }) },
    { id: "light", label: "Light theme", icon: "sun", run: () => setColorScheme("light") },
    { id: "dark", label: "Dark theme", icon: "moon", run: () => setColorScheme("dark") },
    { id: "system", label: "The system's theme", icon: "screen", run: () => setColorScheme("auto") },
    { id: "stale", label: "What is stale", icon: "search", run: () => go(searchHref("is:stale")) },
    { id: "deleted", label: "What is gone", icon: "search", run: () => go(searchHref("is:deleted")) },
    { id: "sign-out", label: "Sign out", icon: "out", run: () => void signOut() },
  ];
  const fitting = (entries: Entry[], most: number) =>
    entries.filter((entry) => matchesWords(`${entry.label} ${entry.id}`, asked)).slice(0, most);
  const everything: Entry[] = asked
    ? [{ id: "all", label: `Search everything for “${asked}”`, icon: "search", run: () => go(searchHref(asked)) }]
    : [];
  return { resources, places: fitting(places, asked ? 6 : 7), actions: fitting(actions, 7), everything };
}

export function openPalette(): void {
  spotlight.open();
}

export function Palette() {
  const [text, setText] = useState("");
  const { resources, places, actions, everything } = useEntries(text);
  // Hits come after the list was drawn, and above what was selected then: the first entry is what Enter means.
  const first = [resources, places, actions, everything].flat()[0]?.id;
  useEffect(() => {
    const list = document.querySelector(".mantine-Spotlight-actionsList");
    list?.querySelector("[data-selected]")?.removeAttribute("data-selected");
    list?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
  }, [first]);
  return (
    <Spotlight.Root
      query={text}
      onQueryChange={setText}
      shortcut={["mod + K"]}
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      transitionProps={{ duration: 0 }}
      size={620}
      scrollable
      maxHeight={460}
    >
      <Spotlight.Search
        placeholder="Go to a page, a kind, a resource; or do something"
        aria-label="Command palette"
        leftSection={<Icon name="search" />}
      />
      <Spotlight.ActionsList>
        <Group label="Resources" entries={resources} />
        <Group label="Go to" entries={places} />
        <Group label="Actions" entries={actions} />
        <Group label="Search" entries={everything} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
