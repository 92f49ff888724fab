// "?": what the keys do here, now.

import { useState } from "react";
import { Modal } from "@mantine/core";
import { signal, useSignal } from "@/base/signal";
import { Key } from "@/ui/parts";
import { bindings, keysOn, switchKeys, useKeys, type Binding } from "./keys";

const opened = signal(false);

export function openHelp(): void {
  opened.set(true);
}

export function Help() {
  const open = useSignal(opened);
  const on = useSignal(keysOn);
  const [shown, setShown] = useState<Binding[]>([]);
  useKeys([{ keys: "?", label: "Show the keys", group: "Everywhere", run: openHelp }]);
  if (open && shown.length === 0) setShown(bindings());
  if (!open && shown.length > 0) setShown([]);
  const groups = [...new Set(shown.map((binding) => binding.group))];
  return (
    <Modal opened={open} onClose={() => opened.set(false)} title="Keys" size={680}>
      <div className="keys">
        {groups.map((group) => (
          <section key={group}>
            <h2>{group}</h2>
            <dl>
              {shown
                .filter((binding) => binding.group === group)
                .map(({ keys, label }) => (
                  <div key={keys}>
                    <dt>
                      {keys.split(" ").map((key) => (
                        <Key key={key}>{key}</Key>
                      ))}
                    </dt>
                    <dd>{label}</dd>
                  </div>
                ))}
              {group === "Everywhere" && (
                <div>
                  <dt>
                    <Key>Ctrl</Key>
                    <Key>K</Key>
                  </dt>
                  <dd>Command palette (⌘K on a Mac)</dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
      <label className="keys-switch">
        <input type="checkbox" checked={on} onChange={(event) => switchKeys(event.currentTarget.checked)} />
        Use single keys. Without them everything can still be reached by Tab, Enter and Ctrl K.
      </label>
    </Modal>
  );
}
