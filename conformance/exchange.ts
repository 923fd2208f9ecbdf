/** One request and its answer, as the checks see them. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined: it is none. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface Request {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Leave the credentials out. */
  readonly anonymous?: boolean;
}

export type Ask = (request: Request) => Promise<Answer>;

/** Longer than the longest answer that the contract allows: the journal's deadline and the queue's. */
const TIMEOUT_MS = 10_000;

/** Requests to a service. @param credentials headers that make a caller known */
export function asking(url: string, credentials: Readonly<Record<string, string>>): Ask {
  const base = url.replace(/\/+$/, "");
  return async ({ method = "GET", path, headers = {}, body, anonymous = false }) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...(anonymous ? {} : credentials), ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
