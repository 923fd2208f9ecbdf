/** A small client-side resolver: asks the lab's DNS server over UDP and keeps an answer for exactly its TTL, as an honest client does. */
import * as packet from "dns-packet";
import { randomInt } from "node:crypto";
import * as dgram from "node:dgram";
import { NEAR_OPTION } from "./dns-server";
import type { Route, Routes } from "./registered";

export interface Resolution {
  /** What the name leads to. */
  readonly target: string;
  readonly region: string;
  /** The region's front. */
  readonly endpoint: string;
  /** Turns a path of the public URL into the front's. */
  path(requested: string): string;
  /** Monotonic milliseconds (`performance.now()`) at which the answer must be asked for again. */
  readonly expiresAt: number;
}

/** A lost datagram costs this long. */
const TRY_MS = 1_000;
const TRIES = 3;

export class Resolver {
  private readonly cache = new Map<string, Resolution>();
  private readonly asking = new Map<string, Promise<Resolution>>();

  constructor(
    private readonly port: number,
    private readonly routes: () => Routes,
    /** Region that this client is nearest to, for latency routing. */
    readonly near?: string,
  ) {}

  async resolve(name: string): Promise<Resolution> {
    const kept = this.cache.get(name);
    if (kept !== undefined && kept.expiresAt > performance.now()) return kept;
    const running = this.asking.get(name);
    if (running !== undefined) return await running;
    const asked = this.ask(name).finally(() => this.asking.delete(name));
    this.asking.set(name, asked);
    return await asked;
  }

  private async ask(name: string): Promise<Resolution> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { target, ttl } = await query(this.port, name, this.near);
        const route: Route | undefined = this.routes().get(target);
        if (route === undefined) throw new Error(`${name} leads to ${target}, which leads nowhere`);
        const resolution: Resolution = {
          target,
          region: route.region,
          endpoint: route.endpoint,
          path: (requested) => route.path(requested),
          expiresAt: performance.now() + ttl * 1_000,
        };
        this.cache.set(name, resolution);
        return resolution;
      } catch (error) {
        if (attempt >= TRIES) throw error;
      }
    }
  }
}

async function query(port: number, name: string, near: string | undefined): Promise<{ target: string; ttl: number }> {
  const id = randomInt(65_536);
  const additionals =
    near === undefined
      ? []
      : [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: 1232,
            flags: 0,
            options: [{ code: NEAR_OPTION, data: Buffer.from(near) }],
          } as unknown as packet.Answer,
        ];
  const socket = dgram.createSocket("udp4");
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer from DNS for ${name}`)), TRY_MS);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        act();
      };
      socket.once("error", (error) => settle(() => reject(error)));
      socket.on("message", (message) => {
        const reply = packet.decode(message);
        if (reply.id !== id) return;
        const found = (reply.answers ?? []).find((answer) => answer.type === "CNAME");
        if (found?.type === "CNAME") settle(() => resolve({ target: found.data.toLowerCase(), ttl: found.ttl ?? 0 }));
        else settle(() => reject(new Error(`DNS knows no ${name}`)));
      });
      const question = packet.encode({ type: "query", id, flags: packet.RECURSION_DESIRED, questions: [{ type: "A", name }], additionals });
      socket.send(question, port, "127.0.0.1");
    });
  } finally {
    socket.close();
  }
}
