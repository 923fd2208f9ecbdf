/** The lab's authoritative DNS server, on loopback over UDP: `dig @127.0.0.1 -p PORT trades.example.test`. */
import * as packet from "dns-packet";
import * as dgram from "node:dgram";
import type { DnsRecord } from "../../emulation/route53/routing";

/** EDNS option of the range for local use: the asker's nearest region, which Route 53 would know from its resolver's address. */
export const NEAR_OPTION = 65_001;

/** Seconds; a regional endpoint's own address record. */
const ADDRESS_TTL = 60;

export type Answerer = (name: string, near: string | undefined) => DnsRecord | undefined;

export class DnsServer {
  private readonly socket = dgram.createSocket("udp4");

  /** `isTarget`: host names of regional endpoints; they all have the address 127.0.0.1 here. */
  constructor(
    private readonly answer: Answerer,
    private readonly isTarget: (host: string) => boolean,
  ) {
    this.socket.on("message", (message, from) => {
      const reply = this.reply(message);
      if (reply !== undefined) this.socket.send(reply, from.port, from.address);
    });
    // A reply that can't be delivered is the asker's loss.
    this.socket.on("error", () => undefined);
  }

  /** Binds; port 0 takes a free one. Answers the port. */
  async listen(port: number): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.socket.once("error", reject);
      this.socket.bind(port, "127.0.0.1", () => {
        this.socket.off("error", reject);
        resolve(this.socket.address().port);
      });
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  private reply(message: Buffer): Buffer | undefined {
    let query: packet.DecodedPacket;
    try {
      query = packet.decode(message);
    } catch {
      return undefined;
    }
    const question = query.questions?.[0];
    if (query.type !== "query" || question === undefined) return undefined;
    const { answers, known } = this.answersTo(question.name, question.type, nearOf(query));
    // The response code (NXDOMAIN is 3) sits in the low bits of the flags.
    return packet.encode({
      type: "response",
      id: query.id,
      flags: packet.AUTHORITATIVE_ANSWER | (known ? 0 : 3),
      questions: [question],
      answers,
    });
  }

  private answersTo(asked: string, type: string, near: string | undefined): { answers: packet.Answer[]; known: boolean } {
    const address = (name: string): packet.Answer => ({ type: "A", name, ttl: ADDRESS_TTL, data: "127.0.0.1" });
    const name = asked.toLowerCase();
    if (this.isTarget(name)) return { answers: type === "A" ? [address(asked)] : [], known: true };
    const record = this.answer(name, near);
    if (record === undefined) return { answers: [], known: false };
    if (record.type === "CNAME") {
      const cnames = record.values.map((data): packet.Answer => ({ type: "CNAME", name: asked, ttl: record.ttl, data }));
      return { answers: [...cnames, ...(type === "A" ? record.values.filter(this.isTarget).map(address) : [])], known: true };
    }
    if (record.type !== type) return { answers: [], known: true };
    return {
      answers: record.values.map((data) => ({ type: record.type, name: asked, ttl: record.ttl, data }) as packet.Answer),
      known: true,
    };
  }
}

function nearOf(query: packet.DecodedPacket): string | undefined {
  for (const extra of query.additionals ?? []) {
    if (extra.type !== "OPT") continue;
    for (const option of extra.options as readonly { code: number; data?: unknown }[]) {
      if (option.code === NEAR_OPTION && Buffer.isBuffer(option.data)) return option.data.toString("utf8");
    }
  }
  return undefined;
}
