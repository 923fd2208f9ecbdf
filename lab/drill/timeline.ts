import type { LabEvent } from "../types";

/** What happened in a scenario, in order. Listeners are told as it happens. */
export class Timeline {
  private readonly list: LabEvent[] = [];
  private origin: number | undefined;

  constructor(private readonly listener: (event: LabEvent) => void = () => undefined) {}

  /** Times count from now on; what came before stands at 0. */
  begin(): void {
    this.origin = performance.now();
  }

  elapsed(): number {
    return this.origin === undefined ? 0 : performance.now() - this.origin;
  }

  note(region: string, event: string, detail: string): void {
    const noted = { atMs: Math.round(this.elapsed()), region, event, detail };
    this.list.push(noted);
    this.listener(noted);
  }

  events(): readonly LabEvent[] {
    return this.list;
  }
}
