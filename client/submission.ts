import type { Endpoint } from "./types";
import type { Verdict } from "./verdict";

export interface Answered {
  readonly endpoint: Endpoint;
  readonly verdict: Verdict;
}

export type Refused = Verdict & { readonly kind: "refused" };

/** Is it the trade API's own word on the trade? */
export const isWord = ({ verdict }: Answered): boolean => verdict.kind === "accepted" || verdict.kind === "final";

/** True if the answer says that this try was not accepted. */
const isNot = ({ kind, ...verdict }: Verdict): boolean =>
  kind === "final" || kind === "refused" || (kind === "again" && "untouched" in verdict && verdict.untouched === true);

/** The submission of one trade: what all its tries share, and its outcome. */
export class Submission {
  attempts = 0;
  lastRegion = "";
  /** Regions whose gateway refused outside the trade API's own words; final once both have. */
  readonly refused = new Map<string, Refused>();
  private readonly over = new AbortController();
  private readonly underWay: Promise<unknown>[] = [];
  /** Tries that may have been taken: under way, or without an answer that says otherwise. */
  private doubtful = 0;
  /** Regions of the tries that are under way. */
  private readonly asked: string[] = [];
  /** A 4xx that can't end the trade as long as an earlier try is in doubt. */
  private held: Answered | undefined;
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

  /** A try is about to be sent. */
  sending(region: string): void {
    this.doubtful += 1;
    this.asked.push(region);
  }

  isAsking(region: string): boolean {
    return this.asked.includes(region);
  }

  /** A try has ended so. It ends the trade if it is an acceptance, or a refusal by the trade API while no other try can have been taken. */
  ended(answered: Answered): void {
    this.asked.splice(this.asked.indexOf(answered.endpoint.region), 1);
    if (answered.verdict.kind === "accepted") return this.settle(answered);
    if (isNot(answered.verdict)) this.doubtful -= 1;
    if (answered.verdict.kind === "final") this.held = answered;
    if (this.held !== undefined && this.doubtful === 0) this.settle(this.held);
  }

  /** May a try have been taken that nobody has confirmed? */
  get inDoubt(): boolean {
    return this.doubtful > 0;
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
