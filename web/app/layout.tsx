import type { ReactNode } from "react";
import type { Metadata } from "next";
import localFont from "next/font/local";
import { PAGE, url } from "@/api/address";
import { FACETS } from "@/facets/selection";
import "@/styles";

const inter = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-sans",
  display: "swap",
});

const mono = localFont({
  src: "../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  weight: "100 800",
  variable: "--font-mono",
  display: "swap",
  preload: false,
});

export const metadata: Metadata = {
  title: "Cadastre",
  description: "Everything in all your AWS accounts, now and as it was.",
  referrer: "no-referrer",
  icons: "/icon.svg",
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html
      lang="en"
      className={`${inter.variable} ${mono.variable}`}
      data-mantine-color-scheme="light"
      suppressHydrationWarning
    >
      <head>
        {/* Before the first paint; a file, so that the content security policy needs no exception. */}
        <script
          src="/first.js"
          data-session={url("session")}
          data-kinds={url("kinds")}
          data-accounts={url("accounts")}
          data-list={url("resources", { kind: "KIND", facets: FACETS.join(","), limit: PAGE })}
        />
      </head>
      <body>{children}</body>
    </html>
  );
}
