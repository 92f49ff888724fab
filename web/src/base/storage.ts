// What this browser remembers (theme, widths, folded groups). Storage may be full or switched off: then nothing is
// remembered, and nothing breaks.

export function recall<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`cadastre-${key}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`cadastre-${key}`, JSON.stringify(value));
  } catch {
    // Not remembered.
  }
}
