import type { Lease, Taking } from "../../../handlers/core/model";
import type { LeaseStore } from "../../../handlers/ports";

/** The lease's rules in memory. */
export class MemoryLeaseStore implements LeaseStore {
  promotionEpoch: number | undefined;

  constructor(public lease?: Lease) {}

  async read(): Promise<Lease | undefined> {
    return this.lease;
  }
  async create(holder: string): Promise<Lease> {
    return (this.lease ??= { holder, epoch: 1, renewals: 0 });
  }
  async renew(holder: string, epoch: number): Promise<Lease | undefined> {
    if (!this.heldBy(holder, epoch)) return undefined;
    const { resignedEpoch: _withdrawn, ...lease } = this.lease as Lease;
    return (this.lease = { ...lease, renewals: lease.renewals + 1 });
  }
  async take(holder: string, expectedEpoch: number, { renewals, forced = false }: Taking = {}): Promise<Lease | undefined> {
    if (this.lease?.epoch !== expectedEpoch || (renewals !== undefined && this.lease.renewals !== renewals)) return undefined;
    const epoch = expectedEpoch + 1;
    return (this.lease = { ...this.lease, holder, epoch, renewals: 0, ...(forced ? { forcedEpoch: epoch, refrained: 0 } : {}) });
  }
  async refrain(epoch: number): Promise<boolean> {
    const { lease } = this;
    if (lease?.epoch !== epoch || lease.forcedEpoch !== epoch) return false;
    this.lease = { ...lease, refrained: (lease.refrained ?? 0) + 1 };
    return true;
  }
  async resign(holder: string, epoch: number): Promise<boolean> {
    if (!this.lease || !this.heldBy(holder, epoch)) return false;
    this.lease = { ...this.lease, resignedEpoch: epoch };
    return true;
  }
  async recordPromotion(holder: string, epoch: number): Promise<boolean> {
    if (!this.heldBy(holder, epoch)) return false;
    this.promotionEpoch = epoch;
    return true;
  }

  private heldBy(holder: string, epoch: number): boolean {
    return this.lease?.holder === holder && this.lease.epoch === epoch;
  }
}
