// Short messages in a corner, said to screen readers too. For what was done; what went wrong with a page stands in it.

import { signal, useSignal } from "@/base/signal";

interface Toast {
  id: number;
  text: string;
  tone: "" | "bad";
}

const toasts = signal<Toast[]>([]);
let last = 0;

export function toast(text: string, tone: "" | "bad" = ""): void {
  const id = ++last;
  toasts.set([...toasts.get().slice(-2), { id, text, tone }]);
  setTimeout(() => toasts.set(toasts.get().filter((shown) => shown.id !== id)), tone ? 6000 : 2500);
}

export function Toasts() {
  const shown = useSignal(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className={`toast ${tone}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
