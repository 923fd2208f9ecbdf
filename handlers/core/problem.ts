/** An error as RFC 9457 problem document; `errors` names each field that is wrong. */
export interface Problem {
  /** Default: about:blank. */
  readonly type?: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** What a 401 asks for (`WWW-Authenticate`). */
  readonly challenge?: string;
}

export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** An HTTP answer before it takes API Gateway's shape. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export function problem({ type = "about:blank", status, title, detail, errors, retryAfter, challenge }: Problem): Answer {
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...(challenge === undefined ? {} : { "www-authenticate": challenge }),
    },
    body: JSON.stringify({ type, title, status, detail, ...(errors ? { errors } : {}) }),
  };
}

export const unavailable = (detail: string): Answer => problem({ status: 503, title: "Service Unavailable", detail, retryAfter: 1 });
