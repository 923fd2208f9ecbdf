import type { Credentials } from "./face";

/** An answer as a client reads it. */
export interface Heard {
  readonly status: number;
  readonly type: string;
  readonly retryAfter: string;
  readonly body: string;
}

export type Post = (path: "/trades" | "/sessions", headers: Readonly<Record<string, string>>, body?: string) => Promise<Heard>;

/** Requests to one region with what its callers bring. */
export const posting =
  (region: string, urlOf: (path: string) => string, { apiKey, sign }: Pick<Credentials, "apiKey" | "sign">, signal: AbortSignal): Post =>
  async (path, given, body) => {
    const url = urlOf(path);
    const headers = { ...given, ...(apiKey === undefined ? {} : { "x-api-key": apiKey }) };
    const request = { method: "POST", url, region, headers, ...(body === undefined ? {} : { body }) } as const;
    const signature = await sign?.(request);
    const response = await fetch(url, { ...request, headers: { ...headers, ...signature }, signal });
    const [type = "", retryAfter = ""] = ["content-type", "retry-after"].map((name) => response.headers.get(name) ?? "");
    return { status: response.status, type, retryAfter, body: await response.text() };
  };
