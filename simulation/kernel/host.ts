/** What a function's bundle sees of the simulated world. */

/** The part of an SDK client's configuration that the handlers set. */
export interface ClientConfig {
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly requestHandler?: { readonly requestTimeout?: number };
}

/** Takes one call with the SDK's retries; rejects with an error that carries the AWS error's name. */
export type Send = (service: string, operation: string, input: unknown, config: ClientConfig, signal?: Signal) => Promise<unknown>;

/** Of what a call is given, the part that ends its tries. */
export interface Signal {
  readonly aborted: boolean;
}

export interface SdkClient {
  send(command: object, options?: { readonly abortSignal?: Signal }): Promise<unknown>;
}

export interface Host {
  /** The class of a service's client, whose calls are this host's. */
  client(service: string): new (config?: ClientConfig) => SdkClient;
  /** The class of an operation's commands. */
  command(operation: string): new (input: unknown) => object;
  signer(): new () => object;
  hash(): new () => object;
}

/** An AWS service's error as the SDK throws it. `retryable`: the SDK itself tries again. */
export class ServiceError extends Error {
  constructor(
    name: string,
    message: string,
    readonly retryable = false,
  ) {
    super(message);
    this.name = name;
  }
}
