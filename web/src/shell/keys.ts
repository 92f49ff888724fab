// Keys without a modifier, alone or after another ("g r"). Pages add their own while they are shown; typing into a field
// is never taken for a key, and all of it can be switched off in the settings.

import { useEffect, useRef } from "react";
import { signal } from "@/base/signal";
import { recall, remember } from "@/base/storage";

export interface Binding {
  keys: string; // "j", "g r", "?"
  label: string;
  group: string;
  run: () => void;
}

export const keysOn = signal(recall("keys", true));

export function switchKeys(on: boolean): void {
  keysOn.set(on);
  remember("keys", on);
}

const layers: Binding[][] = [];
let prefix = "";
let timer: ReturnType<typeof setTimeout> | undefined;

const NAMES: Record<string, string> = { " ": "Space", ArrowDown: "Down", ArrowUp: "Up", Escape: "Esc" };

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input:not([type=checkbox]):not([type=range]),textarea,select,[contenteditable=true]") !== null
  );
}

// What a key means to a button or a link that has the focus, it keeps.
function isTaken(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("[role=menu],[role=listbox],[role=dialog]:not([data-keys])")) return true;
  return (key === "Enter" || key === "Space") && target.closest("a,button,summary,input,[role=tab]") !== null;
}

export function handleKey(event: KeyboardEvent): void {
  if (!keysOn.get() || event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.isComposing || isTyping(event.target)) return;
  const key = NAMES[event.key] ?? event.key;
  if (isTaken(key, event.target)) return;
  const all = layers.flat().reverse();
  const typed = prefix ? `${prefix} ${key}` : key;
  clearTimeout(timer);
  prefix = "";
  const binding = all.find((candidate) => candidate.keys === typed);
  if (binding) {
    event.preventDefault();
    binding.run();
  } else if (all.some((candidate) => candidate.keys.startsWith(`${typed} `))) {
    prefix = typed;
    timer = setTimeout(() => (prefix = ""), 1200);
  }
}

export function bindings(): Binding[] {
  return layers.flat();
}

// Adds keys while the component is shown. `run` may close over what is new in each rendering.
export function useKeys(list: Binding[], when = true): void {
  const latest = useRef(list);
  latest.current = list;
  const shape = list.map((binding) => binding.keys).join("|");
  useEffect(() => {
    if (!when) return;
    const layer = latest.current.map((binding, index) => ({ ...binding, run: () => latest.current[index]?.run() }));
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [shape, when]);
}
