"use client";

// The whole dashboard in the browser: the theme, the questions under way, the session, and then the page.

import { useEffect, useState } from "react";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { session, reachable } from "@/api/health";
import { worthRetrying } from "@/api/queries";
import { useSignal } from "@/base/signal";
import { askAhead } from "@/screens/ahead";
import { Pages } from "@/screens/Pages";
import { askSession } from "@/session/session";
import { SignInPage } from "@/session/SignIn";
import { SessionEnded } from "@/shell/Banners";
import { Shell } from "@/shell/Shell";
import { schemeManager, theme } from "@/shell/theme";
import { Failure } from "@/ui/notices";
import { Toasts } from "@/ui/toasts";

function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: worthRetrying, refetchOnWindowFocus: false, networkMode: "always", gcTime: 5 * 60_000 },
      mutations: { networkMode: "always" },
    },
  });
}

function Root() {
  const state = useSignal(session);
  const answers = useSignal(reachable);
  const [error, setError] = useState<unknown>(null);
  const client = useQueryClient();
  useEffect(() => {
    const ask = () => askSession(askAhead(client)).then(() => setError(null), setError);
    void ask();
    if (answers) return;
    const timer = setInterval(() => {
      if (session.get().phase === "asking") void ask();
    }, 3000);
    return () => clearInterval(timer);
  }, [answers, client]);
  if (state.phase === "asking") return error ? <Failure error={error} /> : <div className="boot" aria-busy="true" />;
  if (state.phase === "none") return <SignInPage provider={state.provider} />;
  return (
    <>
      <Shell who={state.who}>
        <Pages who={state.who} />
      </Shell>
      <SessionEnded />
    </>
  );
}

export default function App() {
  const [client] = useState(newClient);
  return (
    <QueryClientProvider client={client}>
      <MantineProvider
        theme={theme}
        colorSchemeManager={schemeManager}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <Root />
        <Toasts />
      </MantineProvider>
    </QueryClientProvider>
  );
}
