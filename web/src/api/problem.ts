// What can go wrong with a request, as the page shows it.

// The server said no: a problem document (RFC 9457).
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string,
    readonly query?: string, // an error in a query: its text,
    readonly position?: number, // and the byte that the caret points at
    readonly retryAfter?: number, // seconds
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || title);
    this.name = "Problem";
  }
}

// Nobody answered.
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
    this.name = "Unreachable";
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's page, perhaps: the status has to do.
  }
  const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : "");
  const retry = Number(response.headers.get("Retry-After"));
  return new Problem(
    response.status,
    text("title") || `The server answered ${response.status}`,
    text("detail"),
    text("request_id") || (response.headers.get("X-Request-Id") ?? ""),
    typeof body.query === "string" ? body.query : undefined,
    typeof body.position === "number" ? body.position : undefined,
    Number.isFinite(retry) && retry > 0 ? retry : undefined,
    body,
  );
}

// A caret's byte offset as an offset into the JavaScript string.
export function characterAt(text: string, byte: number): number {
  const bytes = new TextEncoder().encode(text).slice(0, byte);
  return new TextDecoder().decode(bytes).length;
}

export function byteAt(text: string, character: number): number {
  return new TextEncoder().encode(text.slice(0, character)).length;
}
