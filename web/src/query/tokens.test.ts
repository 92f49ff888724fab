import { describe, expect, it } from "vitest";
import { accepted, hasKeys, quote, tokenize, withTerm } from "./tokens";

const shape = (text: string) =>
  tokenize(text)
    .filter((token) => token.type !== "space")
    .map((token) => `${token.type}:${token.text}`);

describe("tokens", () => {
  it.each([
    ["web prod", ["word:web", "word:prod"]],
    [
      "kind:ec2.* -state:running",
      ["key:kind", "operator::", "value:ec2.*", "logic:-", "key:state", "operator::", "value:running"],
    ],
    ['tag.team:"a b" x', ["key:tag.team", "operator::", 'value:"a b"', "word:x"]],
    ["size>=100GiB", ["key:size", "operator:>=", "value:100GiB"]],
    ["(a OR b)", ["logic:(", "word:a", "logic:OR", "word:b", "logic:)"]],
    ["10.0.1.2", ["word:10.0.1.2"]],
    ["ORDER", ["word:ORDER"]],
    ["state:", ["key:state", "operator::"]],
    ['"never closed', ['word:"never closed']],
  ])("%s", (text, tokens) => expect(shape(text)).toEqual(tokens));

  // Whatever is typed is shown, every character of it and once.
  it("loses nothing", () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const letters = 'ab:-"()\\ OR>=.*';
    for (let round = 0; round < 2000; ++round) {
      const text = Array.from({ length: next(14) }, () => letters[next(letters.length)]).join("");
      expect(
        tokenize(text)
          .map((token) => token.text)
          .join(""),
        `seed 7, round ${round}`,
      ).toBe(text);
    }
  });

  it("knows questions from names", () => {
    expect(hasKeys("10.0.3")).toBe(false);
    expect(hasKeys("web state:running")).toBe(true);
    expect(hasKeys("-web")).toBe(true);
  });
});

describe("changing a query", () => {
  it("quotes what needs it", () => {
    expect(quote("eu-west-1")).toBe("eu-west-1");
    expect(quote('say "hi"')).toBe('"say \\"hi\\""');
    expect(quote("")).toBe('""');
  });

  it("puts a suggestion where it belongs", () => {
    expect(accepted("web sta x", { text: "state:", from: 4, to: 7 })).toEqual({ text: "web state: x", caret: 10 });
  });

  it("adds a term once", () => {
    expect(withTerm("web", "is:stale")).toBe("web is:stale");
    expect(withTerm("is:stale web", "is:stale")).toBe("is:stale web");
    expect(withTerm(" ", "is:stale")).toBe("is:stale");
  });
});
