/** What AWS refuses before a service looks at a request: parameters that its model does not take, and callers whose role does not allow it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AccessJudge } from "../iam/judge";
import type { AccessFacts } from "../iam/facts";
import type { ServiceModel, ServiceModels } from "../models/model";
import { modelledCall } from "../models/request";
import { violations } from "../models/violations";
import { LAB_TRADER, secretOf } from "./gateway/secrets";
import type { Refused } from "./gateway/signature";
import { tokenSigner } from "./ledger/iam-token";
import { answer, answerJson, requestId, type Scope } from "./request";

export interface Refusal {
  readonly kind: "permission" | "request";
  /** As the caller is told. */
  readonly message: string;
}

export interface ConnectAsked {
  readonly address: string;
  readonly user: string;
  readonly token: string;
  readonly database: string;
}

export class Gate {
  private judge: AccessJudge | undefined;
  private denied: readonly string[] = [];

  /** `tell` hears of each refusal. */
  constructor(
    private readonly region: string,
    private readonly models: ServiceModels,
    private readonly tell: (refusal: Refusal) => void,
  ) {}

  /** From now on functions may do what their roles allow; before, the program is still being built and nobody is judged. */
  learn(facts: AccessFacts): void {
    this.judge = new AccessJudge(facts);
  }

  /** As an organization's policy that denies these actions to every function: whole services as `rds-data:*`, or one action. */
  deny(actions: readonly string[]): void {
    this.denied = actions;
  }

  /** Answers for AWS if it refuses the call, and says whether it did. `body` is undefined where it was not read. */
  refuses(request: IncomingMessage, scope: Scope, body: Buffer | undefined, response: ServerResponse): boolean {
    const model = this.models.of(scope.service);
    if (model === undefined) return false;
    const refusal = this.refusal(model, request, scope, body);
    if (refusal === undefined) return false;
    this.tell(refusal);
    reply(model, refusal, response);
    return true;
  }

  /** Why a user may not connect to the region's database by this token of IAM. `database` is what IAM knows it by. */
  connectRefusal({ address, user, token, database }: ConnectAsked): string | undefined {
    const { region } = this;
    const found = tokenSigner(token, { address, user, region, secretOf, now: Date.now() });
    const refusal = "refusal" in found ? found.refusal : this.judge?.connectRefusal(found.accessKeyId, { region, database, user });
    if (refusal !== undefined) this.tell({ kind: "permission", message: `rds-db:connect as ${user}: ${refusal}` });
    return refusal;
  }

  /** Whoever has this key and calls the API: the ARN by which the gateway knows it, or what it says to somebody who may not. */
  invoker(accessKeyId: string, resource: string): { readonly userArn: string } | Refused {
    const who = this.judge?.callerOf(accessKeyId);
    if (who === undefined) return { userArn: LAB_TRADER };
    const verdict = this.judge?.may(who, { action: "execute-api:Invoke", resource }, this.region);
    if (verdict?.allowed !== false) return { userArn: who.sessionArn };
    this.tell({ kind: "permission", message: verdict.message });
    return { type: "ACCESS_DENIED", error: "AccessDeniedException", message: verdict.message };
  }

  private refusal(model: ServiceModel, request: IncomingMessage, scope: Scope, body: Buffer | undefined): Refusal | undefined {
    const { method = "GET", url = "/", headers } = request;
    let call: ReturnType<typeof modelledCall>;
    try {
      call = modelledCall(model, { method, url, headers, body });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { kind: "request", message: `${scope.service}: the request's body can't be read: ${error.message}` };
    }
    const who = this.judge?.callerOf(scope.accessKeyId);
    if (call === undefined)
      return (
        who && {
          kind: "request",
          message: `${scope.service} has no operation at ${method} ${url} (${String(headers["x-amz-target"] ?? "")})`,
        }
      );
    const { operation, input } = call;
    const found =
      operation.input === undefined
        ? []
        : violations(body === undefined ? headOnly(model, operation.input.shape) : model, operation.input.shape, input);
    if (found.length > 0) {
      const errors = `${found.length} validation error${found.length > 1 ? "s" : ""} detected`;
      return { kind: "request", message: `${scope.service}:${operation.name}: ${errors}: ${found.join("; ")}` };
    }
    // The lab itself, and people, come with the account's own key. A function of the other region was judged there.
    if (who?.region !== this.region) return undefined;
    const action = `${scope.service}:${operation.name}`;
    if (this.denied.includes(action) || this.denied.includes(`${scope.service}:*`))
      return {
        kind: "permission",
        message: `User: ${who.sessionArn} is not authorized to perform: ${action} with an explicit deny in a service control policy`,
      };
    const verdict = this.judge?.refusal(who, { service: scope.service, region: scope.region, operation: operation.name, input });
    return verdict && { kind: "permission", message: verdict.message };
  }
}

/** The model as far as a request's head goes: what is in a body that was not read can't be missed. */
function headOnly({ shapes }: ServiceModel, name: string): Pick<ServiceModel, "shapes"> {
  const { members = {}, required = [], ...shape } = shapes[name] ?? { type: "structure" };
  const located = Object.fromEntries(Object.entries(members).filter(([, { location }]) => location !== undefined));
  return { shapes: { ...shapes, [name]: { ...shape, members: located, required: required.filter((member) => member in located) } } };
}

const CODES = {
  permission: { code: "AccessDeniedException", xml: "AccessDenied", status: 403 },
  request: { code: "ValidationException", xml: "ValidationError", status: 400 },
} as const;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** In the protocol of the service. */
function reply({ metadata: { protocol } }: ServiceModel, { kind, message }: Refusal, response: ServerResponse): void {
  const { code, xml, status } = CODES[kind];
  const headers = { "x-amzn-requestid": requestId(), "x-amzn-errortype": code };
  if (protocol === "rest-json") return answerJson(response, status, { message, Message: message }, headers);
  if (protocol !== "query" && protocol !== "rest-xml")
    return answerJson(response, 400, { __type: code, message, Message: message }, headers);
  const error = `<Code>${xml}</Code><Message>${escaped(message)}</Message>`;
  const body =
    protocol === "query" ? `<ErrorResponse><Error><Type>Sender</Type>${error}</Error></ErrorResponse>` : `<Error>${error}</Error>`;
  answer(response, status, body, { ...headers, "content-type": "text/xml" });
}
