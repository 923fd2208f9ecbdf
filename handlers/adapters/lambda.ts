/** What the handlers use of Lambda's context. */
export interface LambdaContext {
  readonly awsRequestId: string;
  /** Milliseconds left before Lambda ends this invocation. */
  getRemainingTimeInMillis(): number;
}
