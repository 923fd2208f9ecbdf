/** What a fault must lead to and may lead to. The judge holds a scenario to it; what is not said is as for a failover. */
export interface Expectations {
  /** How often the lease changes hands: at least, and at most. */
  readonly moves: readonly [least: number, most: number];
  /** Milliseconds by which clients may wait longer than in a failover, because the fault itself makes them wait. */
  readonly longerMs?: number;
  /** Ends of a failover or switchover, besides success, that the fault brings about. */
  readonly endings?: readonly ("FAILED" | "ABORTED" | "TIMED_OUT")[];
  /** Actions, as IAM writes them, that the fault takes away: that AWS refuses them is no mistake of the system's. */
  readonly denied?: readonly string[];
}

/** A time in which a 202 would be a lie, milliseconds since the stream began. */
export interface Forbidden {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only of this region; undefined: of any. */
  readonly region: string | undefined;
}
