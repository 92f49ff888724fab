import { Client } from "./client";

// One page for every path: what is shown is decided in the browser (src/route).
export const dynamicParams = false;

export function generateStaticParams() {
  return [{ slug: [] as string[] }];
}

export default function Page() {
  return <Client />;
}
