// Every kind that can be collected, by what it is for, with how many there are.

import { useEffect, useState } from "react";
import { formatCount } from "@/base/format";
import { categorise } from "@/kinds/categories";
import { useKinds } from "@/kinds/useKinds";
import { kindHref } from "@/route/hrefs";
import { Link } from "@/route/Link";
import { matchesWords } from "@/shell/Palette";
import { useKindCounts } from "@/shell/Navigation";
import { Icon } from "@/ui/icons";
import { Failure, Notice } from "@/ui/notices";
import { SkeletonRows } from "@/ui/parts";

export function KindsPage() {
  const { kinds, pending, error, retry } = useKinds();
  const count = useKindCounts();
  const [text, setText] = useState("");
  useEffect(() => {
    document.title = "All kinds · Cadastre";
  }, []);
  if (error && kinds.length === 0) return <Failure error={error} retry={retry} />;
  const fitting = kinds.filter((kind) => matchesWords(`${kind.title} ${kind.name}`, text));
  const total = kinds.reduce((sum, kind) => sum + (count(kind.name) ?? 0), 0);
  return (
    <div className="kinds-page">
      <div className="line">
        <h1>All kinds</h1>
        <span className="count">{pending ? " " : formatCount(kinds.length)}</span>
        <span className="dim">{pending ? "" : `${formatCount(total)} resources`}</span>
        <div className="query-box kinds-find">
          <Icon name="filter" size={14} className="query-icon" />
          <input
            className="json-find-input"
            aria-label="Find a kind"
            placeholder="Find a kind"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
      </div>
      {pending && <SkeletonRows count={16} />}
      {!pending && fitting.length === 0 && <Notice icon="filter" title="No kind is called so" />}
      <div className="kinds-columns">
        {categorise(fitting).map((category) => (
          <section key={category.name} className="panel">
            <header>
              <h2>{category.name}</h2>
            </header>
            <ul>
              {category.kinds.map((kind) => (
                <li key={kind.name}>
                  <Link className="kind-row" href={kindHref(kind.name)}>
                    <span className="cut grow">{kind.title}</span>
                    <code className="dim cut">{kind.name}</code>
                    <span className={`number kind-number${count(kind.name) ? "" : " dim"}`}>
                      {formatCount(count(kind.name) ?? 0)}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
