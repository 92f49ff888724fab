// The frame around every page: header, navigation, banners, dialogs and keys.

import { useEffect, useState, type ReactNode } from "react";
import { Drawer } from "@mantine/core";
import type { Principal } from "@/api/health";
import { Link } from "@/route/Link";
import { go, useLocation } from "@/route/location";
import { TimeBanner, TimeControl } from "@/time/TimeControl";
import { Icon, Logo } from "@/ui/icons";
import { RunningChip, SilenceBanner } from "./Banners";
import { useServerEvents } from "./events";
import { Help } from "./Help";
import { handleKey, useKeys } from "./keys";
import { Navigation, PAGES } from "./Navigation";
import { Palette } from "./Palette";
import { Search } from "./Search";
import { UserMenu } from "./UserMenu";

function Header({ who, onMenu }: { who: Principal; onMenu: () => void }) {
  return (
    <header className="header">
      <button type="button" className="button quiet icon header-menu" aria-label="Open the navigation" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <Link className="brand" href="/" aria-label="Cadastre: overview">
        <Logo />
        <span>Cadastre</span>
      </Link>
      <div className="header-search" role="search">
        <Search />
      </div>
      <div className="header-end">
        <RunningChip />
        <TimeControl />
        <UserMenu who={who} />
      </div>
    </header>
  );
}

export function Shell({ who, children }: { who: Principal; children: ReactNode }) {
  const [menu, setMenu] = useState(false);
  const { path } = useLocation();
  useServerEvents(true);
  useEffect(() => {
    addEventListener("keydown", handleKey);
    return () => removeEventListener("keydown", handleKey);
  }, []);
  useKeys(
    PAGES.map(({ path: target, title, jump }) => ({
      keys: `g ${jump}`,
      label: title,
      group: "Go to",
      run: () => go(target),
    })),
  );
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header who={who} onMenu={() => setMenu(true)} />
      <div className="nav-side">
        <Navigation />
      </div>
      <div className="stage">
        <SilenceBanner />
        <TimeBanner />
        <main id="main" className="main" key={path.split("/").slice(0, 3).join("/")} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Drawer
        opened={menu}
        onClose={() => setMenu(false)}
        title="Cadastre"
        size={280}
        transitionProps={{ duration: 0 }}
      >
        <Navigation onGo={() => setMenu(false)} />
      </Drawer>
      <Palette />
      <Help />
    </div>
  );
}
