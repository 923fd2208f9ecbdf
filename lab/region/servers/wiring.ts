/** A region's servers and their load balancer, as the program registers them. */
import type { Algorithm } from "../../../emulation/load-balancer/target-group";

export interface BalancerWiring {
  readonly check: {
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    /** Statuses that pass, as registered. */
    readonly matcher: string;
  };
  readonly algorithm: Algorithm;
  /** For so long a target that goes may end what it has begun. */
  readonly deregistrationSeconds: number;
  /** A target that is silent for so long is given up. */
  readonly idleSeconds: number;
}

export interface ServersWiring {
  /** ECS tasks or EC2 instances. */
  readonly kind: "task" | "instance";
  /** Of the service or group; what its servers' calls are signed and judged as. */
  readonly name: string;
  /** How many there must be. */
  readonly count: number;
  /** As registered, with the addresses of the lab. */
  readonly environment: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. */
  readonly stopSeconds: number;
  /** A new one is not replaced for failed checks before. */
  readonly graceSeconds: number;
  /** Where systemd starts it again in its place when it has ended; undefined: it is replaced. */
  readonly restartSeconds?: number;
  readonly balancer: BalancerWiring;
}
