/** Simulated Route 53 health checkers: several, each with its own phase, at the registered interval and threshold. */
import * as http from "node:http";
import { CheckerView } from "../../emulation/route53/checker-view";
import type { Agreement, EndpointCheck, HealthCheck } from "../../emulation/route53/routing";
import type { Routes } from "./registered";

/** AWS: a TCP connection within four seconds, then a status of 2xx or 3xx within two. */
const CONNECT_MS = 4_000;
const ANSWER_MS = 2_000;
const SEARCHED_BYTES = 5_120;

export type Probe = (check: EndpointCheck) => Promise<boolean>;

/** Probes the front that the check's host name leads to. A name that leads nowhere is unhealthy. */
export const frontProbe =
  (routes: () => Routes): Probe =>
  async (check) => {
    const route = routes().get(check.host);
    return route === undefined ? false : await probe(`${route.endpoint}${route.path(check.path)}`, check);
  };

async function probe(url: string, check: EndpointCheck): Promise<boolean> {
  return await new Promise((resolve) => {
    // No connection is kept: a checker that reuses one would not notice a region that accepts no new ones.
    const request = http.request(url, {
      agent: false,
      headers: { host: check.host, "user-agent": "Amazon-Route53-Health-Check-Service (lab)" },
    });
    let timer = setTimeout(() => finish(false), CONNECT_MS);
    const finish = (healthy: boolean): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(healthy);
    };
    request.once("socket", (socket) => {
      socket.once("connect", () => {
        clearTimeout(timer);
        timer = setTimeout(() => finish(false), ANSWER_MS);
      });
    });
    request.once("error", () => finish(false));
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status >= 400) return finish(false);
      const wanted = check.searchString;
      if (wanted === undefined) return finish(true);
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
        if (body.length >= SEARCHED_BYTES) finish(body.slice(0, SEARCHED_BYTES).includes(wanted));
      });
      response.once("end", () => finish(body.includes(wanted)));
    });
    request.end();
  });
}

/** AWS runs about sixteen from eight regions; five make the same rule: with one alive, 20 % see it healthy. */
const CHECKERS = 5;

export class HealthCheckers {
  private readonly views = new Map<string, CheckerView[]>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly probe: Probe,
    private readonly onTurn: (checkId: string) => void = () => undefined,
    private readonly checkers = CHECKERS,
  ) {}

  /** Starts probing every enabled endpoint check. */
  start(checks: readonly HealthCheck[]): void {
    for (const check of checks) {
      if (check.kind !== "endpoint" || check.disabled) continue;
      const views = Array.from({ length: this.checkers }, () => new CheckerView(check.threshold));
      this.views.set(check.id, views);
      const interval = check.intervalSeconds * 1_000;
      views.forEach((view, index) => this.schedule(check, view, (interval * index) / this.checkers, interval));
    }
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** How many checkers see each endpoint healthy. */
  agreements(): Map<string, Agreement> {
    return new Map(
      [...this.views].map(([id, views]) => [id, { healthy: views.filter((view) => view.sees()).length, total: views.length }]),
    );
  }

  /** True when every checker has probed each endpoint often enough to have an opinion of its own. */
  settled(): boolean {
    return [...this.views.values()].every((views) => views.every((view) => view.settled()));
  }

  private schedule(check: EndpointCheck, view: CheckerView, delay: number, interval: number): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      // The next probe is due an interval after this one began, however long this one takes.
      this.schedule(check, view, interval, interval);
      void this.probe(check)
        .catch(() => false)
        .then((result) => {
          if (!this.stopped && view.note(result)) this.onTurn(check.id);
        });
    }, delay);
    this.timers.add(timer);
  }
}
