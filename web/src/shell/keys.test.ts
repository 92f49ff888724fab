import { beforeEach, describe, expect, it, vi } from "vitest";

// The hook's effect, without a browser: what it registers is what is tested.
vi.mock("react", () => ({
  useEffect: (effect: () => void) => effect(),
  useRef: <T>(current: T) => ({ current }),
  useSyncExternalStore: () => undefined,
}));

vi.stubGlobal("Element", class {});

const { handleKey, keysOn, useKeys } = await import("./keys");

const press = (key: string, more: Partial<KeyboardEvent> = {}) => {
  const event = { key, target: null, preventDefault: vi.fn(), ...more } as unknown as KeyboardEvent;
  handleKey(event);
  return event;
};

describe("keys", () => {
  const ran: string[] = [];
  const bind = (keys: string) => ({ keys, label: keys, group: "test", run: () => void ran.push(keys) });
  beforeEach(() => {
    ran.length = 0;
    keysOn.set(true);
  });
  useKeys([bind("j"), bind("g r"), bind("Space")]);

  it("runs single keys and sequences", () => {
    press("j");
    press("g");
    press("r");
    press(" ");
    expect(ran).toEqual(["j", "g r", "Space"]);
  });

  it("forgets a prefix that leads nowhere", () => {
    press("g");
    press("q");
    press("r");
    expect(ran).toEqual([]);
  });

  it("leaves keys with modifiers to the browser, and everything when switched off", () => {
    expect(press("j", { metaKey: true }).preventDefault).not.toHaveBeenCalled();
    keysOn.set(false);
    press("j");
    expect(ran).toEqual([]);
  });

  it("lets what was added last go first", () => {
    useKeys([{ ...bind("j"), run: () => void ran.push("newer") }]);
    press("j");
    expect(ran).toEqual(["newer"]);
  });
});
