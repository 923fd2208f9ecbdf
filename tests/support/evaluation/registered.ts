/** What a run of the program leaves: plain data, as it crosses from the process that ran it. */

/** One registration, in the wire's form: secrets and assets are marked objects. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly custom: boolean;
  readonly parent: string;
  /** URN and id of the provider, `<urn>::<id>`; empty for what needs none. */
  readonly provider: string;
  readonly inputs: Record<string, unknown>;
  /** What is known of it after the update, under mocks: its inputs, and its identity. */
  readonly outputs: Record<string, unknown>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean | undefined;
  /** URNs that each property was computed from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** What the provider has read of resources since they were made, by `<type>/<name>`; it wins over what they were made with. */
export type States = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The shape of the ARNs that the mocks answer: all alike, by the resource's name, or each as AWS would make it. */
export type Arns = "alike" | "as on AWS";

export interface EvaluationJob {
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly states: States;
  readonly arns: Arns;
}

export interface Evaluated {
  readonly registered: readonly Registered[];
  /** Functions of the provider that the program called. */
  readonly calls: readonly string[];
}

/** A job with where its answer goes, and what comes back over the channel: the message of what went wrong, or "". */
export interface EvaluationOrder {
  readonly job: EvaluationJob;
  readonly program: string;
  readonly file: string;
}
export interface EvaluationNews {
  readonly failure: string;
}
