/** The region's load balancer: checks its targets as registered, and passes each request to one that can serve. Plain HTTP, where AWS speaks TLS. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { chooseTarget, fitsMatcher, TargetHealth, type TargetState } from "../../../emulation/load-balancer/target-group";
import { Relay } from "../relay";
import { answer } from "../request";
import type { BalancerWiring } from "./wiring";

interface Target {
  readonly id: string;
  readonly port: number;
  readonly health: TargetHealth;
  readonly relay: Relay;
  outstanding: number;
  timer?: NodeJS.Timeout;
}

const LOOK_MS = 50;

/** As the balancer words it, in HTML. */
const refuse = (response: ServerResponse, status: 502 | 503 | 504, title: string): void =>
  answer(response, status, `<html><head><title>${status} ${title}</title></head></html>`, {
    "content-type": "text/html",
    server: "awselb/2.0",
  });

export class Balancer {
  private readonly targets = new Map<string, Target>();
  private turn = 0;

  /** `onTurn` hears of each target whose state changes. */
  constructor(
    private readonly wiring: BalancerWiring,
    private readonly onTurn: (id: string, state: TargetState) => void = () => undefined,
  ) {}

  register(id: string, port: number): void {
    const { check, idleSeconds } = this.wiring;
    const health = new TargetHealth({ healthy: check.healthyThreshold, unhealthy: check.unhealthyThreshold });
    const relay = new Relay(port, idleSeconds * 1_000, id, (response, error) =>
      error.message === "timeout" ? refuse(response, 504, "Gateway Time-out") : refuse(response, 502, "Bad Gateway"),
    );
    const target: Target = { id, port, health, relay, outstanding: 0 };
    this.targets.set(id, target);
    this.checkAgain(target, 0);
  }

  /** The target gets nothing new; resolves when it has ended what it has, or its time for that is over. */
  async deregister(id: string): Promise<void> {
    const target = this.targets.get(id);
    if (target === undefined) return;
    target.health.drain();
    clearTimeout(target.timer);
    const until = performance.now() + this.wiring.deregistrationSeconds * 1_000;
    while (target.outstanding > 0 && performance.now() < until) await pause(LOOK_MS);
    this.targets.delete(id);
    target.relay.close();
  }

  stateOf(id: string): TargetState | undefined {
    return this.targets.get(id)?.health.state;
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const targets = [...this.targets.values()].map((target) => ({ target, state: target.health.state, outstanding: target.outstanding }));
    const chosen = chooseTarget(targets, this.wiring.algorithm, this.turn++)?.target;
    if (chosen === undefined) {
      request.resume();
      return refuse(response, 503, "Service Temporarily Unavailable");
    }
    request.headers["x-forwarded-for"] = request.socket.remoteAddress ?? "";
    request.headers["x-forwarded-proto"] = "https";
    request.headers["x-forwarded-port"] = "443";
    chosen.outstanding += 1;
    try {
      await chosen.relay.pass(request, response);
    } finally {
      chosen.outstanding -= 1;
    }
  }

  close(): void {
    for (const { timer, relay } of this.targets.values()) {
      clearTimeout(timer);
      relay.close();
    }
    this.targets.clear();
  }

  private checkAgain(target: Target, delayMs: number): void {
    target.timer = setTimeout(() => {
      const { check } = this.wiring;
      const began = performance.now();
      void this.passes(target.port).then((ok) => {
        if (this.targets.get(target.id) !== target || target.health.state === "draining") return;
        if (target.health.note(ok)) this.onTurn(target.id, target.health.state);
        // The next check is due an interval after this one began.
        this.checkAgain(target, Math.max(0, check.intervalSeconds * 1_000 - (performance.now() - began)));
      });
    }, delayMs);
  }

  private async passes(port: number): Promise<boolean> {
    const { path, timeoutSeconds, matcher } = this.wiring.check;
    return await new Promise((resolve) => {
      const headers = { "user-agent": "ELB-HealthChecker/2.0" };
      const outgoing = httpRequest({ host: "127.0.0.1", port, path, agent: false, headers });
      const timer = setTimeout(() => finish(false), timeoutSeconds * 1_000);
      const finish = (ok: boolean): void => {
        clearTimeout(timer);
        outgoing.destroy();
        resolve(ok);
      };
      outgoing.once("error", () => finish(false));
      outgoing.once("response", ({ statusCode = 0 }) => finish(fitsMatcher(statusCode, matcher)));
      outgoing.end();
    });
  }
}
