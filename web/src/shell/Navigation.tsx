// What there is to go to: the pages, and the kinds with their counts.

import { useState } from "react";
import { useQuery } from "@tanstack/react-query";

import { peekQuery } from "@/api/queries";
import { formatCount } from "@/base/format";
import { recall, remember } from "@/base/storage";
import { categorise } from "@/kinds/categories";
import { useKinds } from "@/kinds/useKinds";
import { kindHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { useLocation } from "@/route/location";
import { useAt } from "@/time/instant";
import { Icon, type IconName } from "@/ui/icons";
import { Skeleton } from "@/ui/parts";

// Later pages (network, savings, …) are rows here.
export const PAGES: { path: string; title: string; icon: IconName; jump: string }[] = [
  { path: "/", title: "Overview", icon: "overview", jump: "o" },
  { path: "/changes", title: "Changes", icon: "changes", jump: "c" },
  { path: "/kubernetes", title: "Kubernetes", icon: "kubernetes", jump: "k" },
  { path: "/accounts", title: "Accounts", icon: "accounts", jump: "a" },
  { path: "/resources", title: "All kinds", icon: "resources", jump: "r" },
  { path: "/settings", title: "Settings", icon: "settings", jump: "s" },
];

function isAt(path: string, target: string): boolean {
  if (target === "/" || target === "/resources") return path === target;
  return path === target || path.startsWith(`${target}/`);
}

// Counts at a past moment are another question than counts now.
export function useKindCounts(): ((kind: string) => number | undefined) & { pending: boolean } {
  const at = useAt();
  const kinds = useKinds();
  const then = useQuery(peekQuery({ at, facets: "kind", limit: 1 }, at !== null));
  const count = (kind: string) => {
    if (at === null) return kinds.find(kind)?.count;
    return (
      then.data?.facets.find((facet) => facet.key === "kind")?.values.find((value) => value.value === kind)?.count ?? 0
    );
  };
  return Object.assign(count, { pending: at === null ? kinds.pending : then.isPending });
}

export function Navigation({ onGo }: { onGo?: () => void }) {
  const { path, parts } = useLocation();
  const { kinds, pending } = useKinds();
  const count = useKindCounts();
  const [folded, setFolded] = useState<string[]>(() => recall("folded", []));
  const here = parts[0] === "resources" ? (parts[1] ?? "") : "";
  const held = kinds.filter((kind) => (count(kind.name) ?? 0) > 0 || kind.name === here);
  const fold = (name: string) => {
    const next = folded.includes(name) ? folded.filter((other) => other !== name) : [...folded, name];
    setFolded(next);
    remember("folded", next);
  };
  return (
    <nav className="nav" aria-label="Main" onClick={onGo}>
      <ul>
        {PAGES.map(({ path: target, title, icon }) => (
          <li key={target}>
            <Link className="nav-item" href={target} aria-current={isAt(path, target) ? "page" : undefined}>
              <Icon name={icon} />
              {title}
            </Link>
          </li>
        ))}
      </ul>
      {pending &&
        Array.from({ length: 14 }, (_, index) => (
          <div key={index} className="nav-item">
            <Skeleton width={`${70 - (index % 4) * 10}%`} height={12} />
          </div>
        ))}
      {categorise(held).map((category) => {
        const open = !folded.includes(category.name);
        return (
          <section key={category.name}>
            <button
              type="button"
              className="nav-head"
              aria-expanded={open}
              onClick={(event) => {
                event.stopPropagation();
                fold(category.name);
              }}
            >
              {category.name}
              <Icon name={open ? "down" : "right"} size={12} />
            </button>
            {open && (
              <ul>
                {category.kinds.map((kind) => (
                  <li key={kind.name}>
                    <Link
                      className="nav-item"
                      href={kindHref(kind.name)}
                      aria-current={kind.name === here ? "page" : undefined}
                      title={kind.title}
                    >
                      <span className="cut grow">{kind.title}</span>
                      <span className="nav-count">{formatCount(count(kind.name) ?? 0)}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </section>
        );
      })}
    </nav>
  );
}
