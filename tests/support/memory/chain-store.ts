import type { Doubt, Head, Link } from "../../../handlers/core/model";
import type { ChainStore } from "../../../handlers/ports";

/** The rules of the head's item in memory. */
export class MemoryChainStore implements ChainStore {
  constructor(public head?: Head) {}

  async read(): Promise<Head | undefined> {
    return this.head;
  }
  async create(head: Head): Promise<boolean> {
    if (this.head) return false;
    this.head = head;
    return true;
  }
  async advance(from: Head, { seq, id }: Link): Promise<boolean> {
    if (!this.head || !this.isStill(from)) return false;
    this.head = { ...this.head, seq, id };
    return true;
  }
  async replace(from: Head, to: Head): Promise<boolean> {
    if (!this.isStill(from)) return false;
    this.head = to;
    return true;
  }
  async doubt(base: number, doubt: Doubt | undefined): Promise<boolean> {
    if (this.head?.base !== base) return false;
    const { doubt: _before, ...head } = this.head;
    this.head = doubt ? { ...head, doubt } : head;
    return true;
  }

  private isStill({ epoch, seq, id }: Head): boolean {
    return this.head?.epoch === epoch && this.head.seq === seq && this.head.id === id;
  }
}
