// Addresses of things.

const SAFE: Record<string, string> = { "%3A": ":", "%40": "@", "%2C": ",", "%3D": "=", "%2B": "+", "%24": "$" };

// As short and readable as an address of the web may be.
function segment(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|40|2C|3D|2B|24)/g, (code) => SAFE[code] ?? code);
}

// `id` is KIND/ACCOUNT/REGION/NATIVE; only NATIVE may contain slashes.
export function resourceHref(id: string): string {
  const [kind = "", account = "", region = "", ...native] = id.split("/");
  return `/resources/${[kind, account, region, native.join("/")].map(segment).join("/")}`;
}

export function kindHref(kind: string, query?: Record<string, string>): string {
  const search = query ? `?${new URLSearchParams(query).toString().replace(/%3A/g, ":")}` : "";
  return `/resources/${segment(kind)}${search}`;
}

// The other way: what the parts of such an address mean. A short form holds an ARN or a native id only, which the
// server finds as well.
export function resourceIdOf(parts: string[]): string {
  const [, kind = "", ...rest] = parts;
  const named = rest.length >= 3 && /^[0-9a-z_-]+$/i.test(rest[0] ?? "") && !rest[0]?.startsWith("arn:");
  return named ? [kind, ...rest].join("/") : rest.join("/");
}
