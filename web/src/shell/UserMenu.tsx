import { Menu, useMantineColorScheme } from "@mantine/core";
import type { Principal } from "@/api/health";
import { go } from "@/route/location";
import { signOut } from "@/session/session";
import { Icon, type IconName } from "@/ui/icons";
import { openHelp } from "./Help";

const THEMES: { scheme: "light" | "dark" | "auto"; label: string; icon: IconName }[] = [
  { scheme: "light", label: "Light", icon: "sun" },
  { scheme: "dark", label: "Dark", icon: "moon" },
  { scheme: "auto", label: "As the system", icon: "screen" },
];

export function UserMenu({ who }: { who: Principal }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={220} shadow="md" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="button quiet icon" aria-label={`Account of ${who.name}`}>
          <Icon name="user" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-who">
          <b className="cut">{who.name}</b>
          <span className="dim">
            {who.role}
            {who.accounts && `, ${who.accounts.length === 1 ? "one account" : `${who.accounts.length} accounts`}`}
          </span>
        </div>
        <Menu.Divider />
        {THEMES.map(({ scheme, label, icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} size={14} />}
            rightSection={colorScheme === scheme ? <Icon name="check" size={14} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="settings" size={14} />} onClick={() => go("/settings")}>
          Settings
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="keyboard" size={14} />} onClick={openHelp}>
          Keys
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="out" size={14} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
