// A query's text in pieces, for colouring while it is typed, and small changes of it. What a query means is the server's
// business; this only sees where words, keys and quotes begin and end.

export type TokenType = "space" | "word" | "key" | "operator" | "value" | "logic";

export interface Token {
  type: TokenType;
  text: string;
  from: number;
}

const KEY = /^(-?)([A-Za-z_][\w.-]*(?:\[[^\]]*\][\w.-]*)*)(:|>=|<=|>|<)/;

function quotedEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}

// To the end of a word or value: quotes may stand in it.
function pieceEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s()]/.test(text[at] ?? "")) at = text[at] === '"' ? quotedEnd(text, at) : at + 1;
  return at;
}

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (type: TokenType, end: number) => {
    tokens.push({ type, text: text.slice(at, end), from: at });
    at = end;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    const key = KEY.exec(rest);
    if (space) take("space", at + space[0].length);
    else if (/^[()]/.test(rest)) take("logic", at + 1);
    else if (/^(OR|AND|NOT)(?=[\s()]|$)/.test(rest)) take("logic", at + (/^OR/.test(rest) ? 2 : 3));
    else if (key) {
      const [, minus = "", name = "", operator = ""] = key;
      if (minus) take("logic", at + 1);
      take("key", at + name.length);
      take("operator", at + operator.length);
      const end = pieceEnd(text, at);
      if (end > at) take("value", end);
    } else if (/^-\S/.test(rest)) take("logic", at + 1);
    else take("word", Math.max(pieceEnd(text, at), at + 1));
  }
  return tokens;
}

// Whether somebody asks by keys, rather than looks for a thing by its name.
export function hasKeys(text: string): boolean {
  return tokenize(text).some((token) => token.type === "key" || token.type === "logic");
}

// A value as it stands after a colon.
export function quote(value: string): string {
  return value !== "" && /^[\w.:/@+=*-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

// The query with a suggestion put in the place that it is for, and where the caret stands then. Bytes have become
// characters already.
export function accepted(
  text: string,
  suggestion: { text: string; from: number; to: number },
): { text: string; caret: number } {
  const before = text.slice(0, suggestion.from) + suggestion.text;
  return { text: before + text.slice(suggestion.to), caret: before.length };
}

// Adds a term unless it is there.
export function withTerm(query: string, term: string): string {
  const trimmed = query.trim();
  if (` ${trimmed} `.includes(` ${term} `)) return trimmed;
  return trimmed ? `${trimmed} ${term}` : term;
}
