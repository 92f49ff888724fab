// The present, renewed every 15 seconds while the page is seen, so that ages on screen stay true.

import { signal, useSignal } from "./signal";

const now = signal(Date.now());
let started = false;

function start() {
  if (started || typeof window === "undefined") return;
  started = true;
  const tick = () => {
    if (document.visibilityState === "visible") now.set(Date.now());
  };
  setInterval(tick, 15_000);
  document.addEventListener("visibilitychange", tick);
}

export function useNow(): number {
  start();
  return useSignal(now);
}
