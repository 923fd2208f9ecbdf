/**
 * What the SDK's packages stand for in the functions' bundles. The classes are made once and bound to whom they belong: a class of its own for
 * each cold start would be a shape of its own too, of which V8 forgets all that it has learned.
 */
import type { ClientConfig, Host, SdkClient, Send, Signal } from "../kernel/host";

class Command {
  constructor(
    readonly operation: string,
    readonly input: unknown,
  ) {}
}

class Client implements SdkClient {
  constructor(
    private readonly call: Send,
    private readonly service: string,
    readonly config: ClientConfig = {},
  ) {}
  send({ operation, input }: Command, options?: { readonly abortSignal?: Signal }): Promise<unknown> {
    return this.call(this.service, operation, input, this.config, options?.abortSignal);
  }
}

/** The simulated API trusts its callers: a signature would only cost time. */
class Signer {
  sign(request: { readonly headers: Readonly<Record<string, string>> }): Promise<{ headers: Record<string, string> }> {
    return Promise.resolve({ headers: { ...request.headers } });
  }
}

class Hash {}

const commands = new Map<string, new (input: unknown) => Command>();

function commandOf(operation: string): new (input: unknown) => Command {
  const known = commands.get(operation);
  if (known) return known;
  const made: new (input: unknown) => Command = Command.bind(undefined, operation);
  commands.set(operation, made);
  return made;
}

/** The SDK whose calls `send` takes. */
export const hostOf = (send: Send): Host => ({
  client: (service) => Client.bind(undefined, send, service),
  command: commandOf,
  signer: () => Signer,
  hash: () => Hash,
});
