// One's own password, theme and tokens; for administrators the users and what was done.

import { useEffect } from "react";
import { may, type Principal } from "@/api/health";
import { Link } from "@/route/Link";
import { Notice } from "@/ui/notices";
import { Audit } from "./Audit";
import { Mine } from "./Mine";
import { Tokens } from "./Tokens";
import { Users } from "./Users";

const SECTIONS = [
  { id: "", title: "You", admin: false },
  { id: "tokens", title: "API tokens", admin: false },
  { id: "users", title: "Users", admin: true },
  { id: "audit", title: "Audit log", admin: true },
] as const;

export function SettingsPage({ who, section = "" }: { who: Principal; section?: string | undefined }) {
  const admin = may(who, "admin");
  useEffect(() => {
    document.title = "Settings · Cadastre";
  }, []);
  const here = SECTIONS.find(({ id }) => id === section);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      <nav className="tabs page-tabs" aria-label="Settings">
        {SECTIONS.filter((each) => admin || !each.admin).map(({ id, title }) => (
          <Link key={id} href={id ? `/settings/${id}` : "/settings"} aria-current={id === section ? "page" : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className="page-scroll" role="region" aria-label="Settings" tabIndex={0}>
        {here?.admin && !admin ? (
          <Notice icon="lock" title="Not permitted">
            Only administrators see this. Ask one of them.
          </Notice>
        ) : section === "tokens" ? (
          <Tokens who={who} />
        ) : section === "users" ? (
          <Users />
        ) : section === "audit" ? (
          <Audit />
        ) : (
          <Mine who={who} />
        )}
      </div>
    </div>
  );
}
