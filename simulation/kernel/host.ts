/** What a function's bundle sees of the simulated world. */

/** The part of an SDK client's configuration that the handlers set. */
export interface ClientConfig {
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly requestHandler?: { readonly requestTimeout?: number };
}

export interface Host {
  /** One SDK call with its retries; rejects with an error that carries the AWS error's name. */
  send(service: string, operation: string, input: unknown, config: ClientConfig): Promise<unknown>;
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
