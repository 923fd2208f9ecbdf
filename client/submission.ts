import type { Endpoint } from "./types";
import type { Verdict } from "./verdict";

export interface Answered {
  readonly endpoint: Endpoint;
  readonly verdict: Verdict;
}

export type Refused = Verdict & { readonly kind: "refused" };

/** Does it end the trade, whatever else is still under way? */
export const isEnd = ({ verdict }: Answered): boolean => verdict.kind === "accepted" || verdict.kind === "final";

/** One trade's way: what all its tries share, and its end. */
export class Submission {
  attempts = 0;
  lastRegion = "";
  /** Regions whose gateway refused outside the trade API's own words; final once both have. */
  readonly refused = new Map<string, Refused>();
  private readonly over = new AbortController();
  private readonly underWay: Promise<unknown>[] = [];
  private settle: (answered: Answered) => void = () => undefined;
  /** The answer that ends the trade, from whichever try it comes, however late. */
  readonly conclusion = new Promise<Answered>((resolve) => (this.settle = resolve));

  constructor(
    readonly key: string,
    readonly body: string,
    /** Runtime's clock. */
    readonly began: number,
    /** Milliseconds that a try of this round is waited for. */
    public patienceMs: number,
  ) {}

  /** Set once the trade needs no answer any more. */
  get stop(): AbortSignal {
    return this.over.signal;
  }

  conclude(answered: Answered): void {
    this.settle(answered);
  }

  follow(work: Promise<unknown>): void {
    this.underWay.push(work);
  }

  /** Ends what is under way; resolves when it has ended. */
  async end(reason: string): Promise<void> {
    this.over.abort(new Error(reason));
    await Promise.all(this.underWay);
  }
}
