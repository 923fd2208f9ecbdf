/**
 * Runs asynchronous code one answer at a time. A program is started again from its beginning with the answers recorded so far and stops at the
 * calls that have none; what it does next depends on its answers alone, so each history is executed once and then known (a tree of nodes).
 */
export interface Call {
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What a call came back with, and the caller's monotonic time when it did. */
export interface Answer {
  readonly at: number;
  readonly value?: unknown;
  readonly failed?: boolean;
}

export interface PendingCall extends Call {
  readonly index: number;
  readonly issuedAt: number;
}

export type Ask = (service: string, method: string, ...args: unknown[]) => Promise<unknown>;
/** Code under test: all it learns, it learns by `ask` and `now`. */
export type Program = (ask: Ask, now: () => number) => Promise<unknown>;
export type Ended = { readonly value: unknown } | { readonly error: string };

/** A program after a history of answers: the calls it waits for, and its result if it has ended. */
export interface Node {
  readonly id: number;
  readonly calls: readonly PendingCall[];
  readonly ended?: Ended;
}

interface KnownNode extends Node {
  readonly program: Program;
  readonly startedAt: number;
  readonly history: readonly (readonly [index: number, answer: Answer])[];
  readonly next: Map<string, KnownNode>;
}

/** Lets every promise that can go on go on: nothing here waits for anything but promises. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Replays {
  private readonly roots = new Map<string, KnownNode>();
  private nodes = 0;

  /** `key` names the program and its input: programs of the same key must be the same. */
  async start(key: string, program: Program, startedAt: number): Promise<Node> {
    const name = `${key}@${startedAt}`;
    const known = this.roots.get(name);
    if (known) return known;
    const root = await this.execute(program, startedAt, []);
    this.roots.set(name, root);
    return root;
  }

  async answer(node: Node, index: number, answer: Answer): Promise<Node> {
    const { next, program, startedAt, history } = node as KnownNode;
    const key = `${index}:${JSON.stringify(answer)}`;
    const known = next.get(key);
    if (known) return known;
    const child = await this.execute(program, startedAt, [...history, [index, answer]]);
    next.set(key, child);
    return child;
  }

  private async execute(program: Program, startedAt: number, history: KnownNode["history"]): Promise<KnownNode> {
    let now = startedAt;
    let issued = 0;
    let ended: Ended | undefined;
    const pending = new Map<number, { call: PendingCall; resolve: (value: unknown) => void; reject: (error: Error) => void }>();
    const ask: Ask = (service, method, ...args) =>
      new Promise((resolve, reject) => {
        const index = issued++;
        pending.set(index, { call: { index, issuedAt: now, service, method, args }, resolve, reject });
      });
    program(ask, () => now).then(
      (value) => (ended = { value }),
      (error: unknown) => (ended = { error: error instanceof Error ? error.message : String(error) }),
    );
    await settle();
    for (const [index, answer] of history) {
      const waiting = pending.get(index);
      if (!waiting) throw new Error(`a replay went another way: no call ${index} to answer`);
      pending.delete(index);
      now = answer.at;
      if (answer.failed) waiting.reject(new Error("no answer"));
      else waiting.resolve(answer.value);
      await settle();
    }
    const calls = [...pending.values()].map(({ call }) => call);
    return { id: this.nodes++, calls, ended, program, startedAt, history, next: new Map() };
  }
}
