"use client";

import { useSyncExternalStore } from "react";
import App from "@/App";

const never = () => () => undefined;

// The export holds an empty page; in the browser the dashboard takes its place. It is imported as any other file, so that
// the page names its scripts and the browser fetches them at once, instead of when the first of them has run.
export function Client() {
  const there = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return there ? <App /> : <div className="boot" aria-busy="true" />;
}
