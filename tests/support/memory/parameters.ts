import type { Parameter, Parameters, PeerParameters } from "../../../handlers/ports";

interface Stored extends Parameter {
  readonly epoch?: number;
}

/** Parameter Store of one region in memory. Each change is an event with the parameter's name, which a test delivers when it likes. */
export class MemoryParameters {
  readonly stored = new Map<string, Stored>();
  readonly events: string[] = [];
  writes = 0;

  /** Somebody's own change. */
  put(name: string, value: string, type: Parameter["type"] = "String"): void {
    this.store(name, { type, value });
  }

  drop(name: string): void {
    if (this.stored.delete(name)) this.events.push(name);
  }

  values(): Record<string, string> {
    return Object.fromEntries([...this.stored].map(([name, { value }]): [string, string] => [name, value]));
  }

  readonly own: Parameters = {
    read: async (name) => this.visible(name),
    names: async () => [...this.stored.keys()],
  };

  readonly asPeer: PeerParameters = {
    read: async (name) => this.visible(name),
    copiedUnder: async (name) => this.stored.get(name)?.epoch,
    write: async (name, { type, value }, epoch) => this.store(name, { type, value, epoch }),
    remove: async (name) => this.drop(name),
  };

  private visible(name: string): Parameter | undefined {
    const found = this.stored.get(name);
    return found && { type: found.type, value: found.value };
  }

  private store(name: string, parameter: Stored): void {
    this.writes += 1;
    this.stored.set(name, parameter);
    this.events.push(name);
  }
}
