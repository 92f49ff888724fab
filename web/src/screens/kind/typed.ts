// A text that follows the keyboard at once, and the address a moment later.

import { useCallback, useEffect, useRef, useState } from "react";

const DELAY = 160; // milliseconds after the last key

export function useTyped(given: string, apply: (text: string) => void) {
  const [text, setText] = useState(given);
  const applied = useRef(given);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(apply);
  latest.current = apply;
  // Back, forward, a link: the address has changed without the keyboard.
  useEffect(() => {
    if (given === applied.current) return;
    applied.current = given;
    clearTimeout(timer.current);
    setText(given);
  }, [given]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const flush = useCallback((next: string) => {
    clearTimeout(timer.current);
    applied.current = next.trim();
    latest.current(next.trim());
  }, []);
  const set = useCallback(
    (next: string) => {
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => flush(next), DELAY);
    },
    [flush],
  );
  return { text, set, flush, input };
}
