"use client";

import dynamic from "next/dynamic";

const App = dynamic(() => import("@/App"), { ssr: false, loading: () => <div className="boot" aria-busy="true" /> });

export function Client() {
  return <App />;
}
