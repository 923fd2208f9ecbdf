import type { Answer } from "../core/problem";
import type { Presented } from "./access";

/** What API Gateway's Lambda proxy integration (REST) sends, as far as the handlers read it. */
export interface ApiRequest {
  readonly httpMethod: string;
  readonly path: string;
  readonly resource?: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: { readonly identity?: { readonly userArn?: string | null } };
}

export interface ApiResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Header names come as the client wrote them. */
export function header(request: ApiRequest, name: string): string | undefined {
  const found = Object.entries(request.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? undefined;
}

export function bodyOf(request: ApiRequest): string | undefined {
  if (request.body === null || request.body === undefined) return undefined;
  return request.isBase64Encoded ? Buffer.from(request.body, "base64").toString("utf8") : request.body;
}

/** What the request says of its sender. */
export const presented = (request: ApiRequest): Presented => ({
  header: (name) => header(request, name),
  userArn: request.requestContext?.identity?.userArn ?? undefined,
});

export const respond = (answer: Answer): ApiResponse => ({
  statusCode: answer.status,
  headers: { ...answer.headers, "cache-control": "no-store" },
  body: answer.body,
});
