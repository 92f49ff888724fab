// Requests to the server this page came from. A session that has ended, and a server that does not answer, are told of
// in one place (api/health.ts), whoever asked.

import { url, type Parameters } from "./address";
import { earlyAnswer } from "./early";
import { problemOf, Unreachable, Problem } from "./problem";
import { csrfToken, sessionEnded, serverAnswered, serverSilent } from "./health";

interface Request {
  method?: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
  quiet?: boolean; // a 401 is an answer here, not the end of a session
}

export async function request<T>(address: string, { method = "GET", body, signal, quiet }: Request = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  let response: Response;
  try {
    response =
      (method === "GET" && (await earlyAnswer(address))) ||
      (await fetch(address, {
        method,
        headers,
        credentials: "same-origin",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }));
  } catch (error) {
    if (signal?.aborted) throw error;
    serverSilent();
    throw new Unreachable();
  }
  if (response.status === 502 || response.status === 504 || (response.status === 503 && !isOurs(response))) {
    serverSilent();
    throw new Unreachable();
  }
  serverAnswered();
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 && !quiet) sessionEnded();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function isOurs(response: Response): boolean {
  return response.headers.get("Content-Type")?.includes("problem+json") ?? false;
}

export function get<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> {
  return request<T>(url(path, parameters), { signal });
}

export function send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  return request<T>(url(path), { method, body: method === "DELETE" ? body : (body ?? {}) });
}

export { Problem, Unreachable };
