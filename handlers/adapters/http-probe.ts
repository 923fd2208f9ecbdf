import type { HttpProbe } from "../ports";

/** HTTP with a hard deadline: what does not answer in time has not answered. */
export const httpProbe: HttpProbe = {
  get: (url, timeoutMs) => request(url, { method: "GET" }, timeoutMs),
  post: (url, headers, body, timeoutMs) => request(url, { method: "POST", headers: { ...headers }, body }, timeoutMs),
};

async function request(url: string, init: RequestInit, timeoutMs: number): Promise<{ status: number; body: string } | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    return { status: response.status, body: await response.text() };
  } catch {
    return undefined;
  }
}
