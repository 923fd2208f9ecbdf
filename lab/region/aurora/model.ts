/** What the Aurora Global Database's control plane and the regions' RDS endpoints say to each other. */

export type GlobalStatus = "available" | "failing-over" | "switching-over";

export interface Member {
  readonly region: string;
  readonly clusterIdentifier: string;
  readonly clusterArn: string;
}

export interface Registration extends Member {
  readonly globalClusterId: string;
}

export interface MemberView extends Member {
  readonly writer: boolean;
  /** Does the copy receive the writer's log? */
  readonly connected: boolean;
  readonly status: string;
}

export interface GlobalMove {
  readonly kind: Exclude<GlobalStatus, "available">;
  /** ARNs. */
  readonly from: string;
  readonly to: string;
  readonly dataLoss: boolean;
}

export interface GlobalView {
  readonly globalClusterId: string;
  readonly status: GlobalStatus;
  readonly move?: GlobalMove;
  readonly members: readonly MemberView[];
}

export interface MoveRequest {
  readonly kind: "failover" | "switchover";
  /** Region whose RDS endpoint was called. */
  readonly calledIn: string;
  readonly targetArn: string;
}

/** A refusal by AWS's name. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}
