/** What the Aurora Global Database's control plane and the regions' RDS endpoints say to each other. */

import type { GlobalStatus, MemberView as Roles, MoveKind } from "../../../emulation/aurora/control-plane";

export interface Member {
  readonly region: string;
  readonly clusterIdentifier: string;
  readonly clusterArn: string;
}

export interface Registration extends Member {
  readonly globalClusterId: string;
}

export type MemberView = Member & Roles;

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
  readonly kind: MoveKind;
  /** Region whose RDS endpoint was called. */
  readonly calledIn: string;
  readonly targetArn: string;
}
