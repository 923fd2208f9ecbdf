import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";
import type { Functions } from "./functions";

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  hiddenUntil: number;
}

export interface QueueShape {
  readonly visibilityMs: number;
  readonly deliveries: number;
  readonly batchSize: number;
  readonly windowMs: number;
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

interface BatchResponse {
  readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
}

/**
 * A region's trade queue with its event source mapping: at least once, in any order. A message that is being dealt with is hidden; if it is not
 * deleted in time it comes back, and after too many deliveries it goes to the dead letters. What is stored outlives a crash of the region.
 */
export class Queue {
  readonly messages = new Map<string, Message>();
  readonly deadLetters: Message[] = [];
  private made = 0;
  private pollDue = false;
  /** The mapping's pollers take nothing: a fault. */
  pollersDead = false;
  /** Share of messages that are delivered once more although they were deleted, or stored twice. */
  duplicates = 0.01;
  /** Called when messages wait and nobody takes them. */
  onUnpolled: () => void = () => undefined;
  onDelivered: (bodies: readonly string[]) => void = () => undefined;

  constructor(
    private readonly region: Region,
    private readonly shape: QueueShape,
    private readonly functions: Functions,
    private readonly kernel: Kernel,
  ) {}

  serve(operation: string, input: { readonly Entries?: readonly Entry[] }): unknown {
    if (operation === "GetQueueAttributes") return { Attributes: {} };
    if (operation !== "SendMessageBatch") throw new ServiceError("InvalidAction", operation);
    const Failed = [];
    for (const { Id, MessageBody } of input.Entries ?? []) {
      const refused = this.kernel.habit("partial-batches", 0.1);
      if (refused) Failed.push({ Id, Code: "InternalError", SenderFault: false });
      // What was refused may be there all the same.
      if (!refused || this.kernel.random.chance(0.2)) this.add(MessageBody);
    }
    return { Failed };
  }

  /** `receives`: how often it has been delivered before. */
  add(body: string, receives = 0): void {
    this.store(body, 0, receives);
    if (this.kernel.random.chance(this.duplicates)) {
      this.kernel.strike("duplicate-message");
      this.store(body, this.kernel.random.between(100, 60_000), receives);
    }
  }

  /** Age of the oldest message that is not in the dead letters, milliseconds. */
  oldestMs(): number {
    const [first] = this.messages.values();
    return first ? this.kernel.now - first.sentAt : 0;
  }

  private store(body: string, delayMs: number, receives: number): void {
    const { now } = this.kernel;
    const message: Message = { id: `${this.region.name}-m${++this.made}`, body, sentAt: now, receives, hiddenUntil: now + delayMs };
    this.messages.set(message.id, message);
    this.pollIn(delayMs + this.kernel.random.between(5, this.shape.windowMs));
  }

  /** Asks the pollers to look, then or before. */
  pollIn(ms: number): void {
    if (ms <= this.shape.windowMs) {
      if (this.pollDue) return;
      this.pollDue = true;
    }
    this.kernel.after(ms, () => {
      if (ms <= this.shape.windowMs) this.pollDue = false;
      this.region.whenBack(() => this.poll());
    });
  }

  private poll(): void {
    const { kernel, shape } = this;
    if (this.messages.size === 0) return;
    if (this.pollersDead) {
      if (this.visible().length > 0) this.onUnpolled();
      return this.pollIn(1_500 + shape.windowMs);
    }
    const visible = this.visible();
    if (visible.length === 0) return;
    // Any order, and not always all.
    for (let i = visible.length - 1; i > 0; i--) {
      const j = kernel.random.int(0, i);
      [visible[i], visible[j]] = [visible[j] as Message, visible[i] as Message];
    }
    const batch = visible.slice(0, kernel.random.chance(0.8) ? shape.batchSize : Math.max(1, Math.ceil(visible.length / 2)));
    if (batch.length < visible.length) this.pollIn(100);
    const live: Message[] = [];
    for (const message of batch) {
      if (message.receives >= shape.deliveries) {
        this.messages.delete(message.id);
        this.deadLetters.push(message);
        kernel.trace(this.region.name, "dead letter", message.body.slice(0, 60));
        continue;
      }
      message.receives++;
      message.hiddenUntil = kernel.now + shape.visibilityMs;
      live.push(message);
    }
    if (live.length === 0) return;
    this.pollIn(shape.visibilityMs + 10);
    this.onDelivered(live.map(({ body }) => body));
    const Records = live.map(({ id, body }) => ({ messageId: id, body }));
    this.functions.invoke("trade-processor", { Records }, (error, result) =>
      this.answered(live, error, result as BatchResponse | undefined),
    );
  }

  private answered(batch: readonly Message[], error: Error | undefined, result: BatchResponse | undefined): void {
    const { kernel } = this;
    if (error?.name === "Lambda.TooManyRequestsException") {
      // The mapping gives a throttled batch back.
      for (const message of batch) [message.receives, message.hiddenUntil] = [message.receives - 1, kernel.now + 1_000];
      return this.pollIn(1_010);
    }
    const failed = error ? undefined : new Set((result?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) {
      if (failed === undefined || failed.has(message.id)) continue;
      if (kernel.random.chance(this.duplicates)) {
        // Deleted on some of the servers only: it will be delivered once more.
        kernel.strike("redelivery");
        message.hiddenUntil = kernel.now + kernel.random.between(50, 20_000);
        this.pollIn(message.hiddenUntil - kernel.now + 1);
      } else this.messages.delete(message.id);
    }
  }

  /** Messages that nobody deals with. */
  get waiting(): number {
    return this.messages.size === 0 ? 0 : this.visible().length;
  }

  private visible(): Message[] {
    const { now } = this.kernel;
    const found: Message[] = [];
    for (const message of this.messages.values()) if (message.hiddenUntil <= now) found.push(message);
    return found;
  }
}
