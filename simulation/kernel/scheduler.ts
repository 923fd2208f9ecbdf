/** Virtual time: events in order of their time, then of their making. Nothing waits for a real clock. */
interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: Run;
}

/** What an event does; "idle": it turned out that there was nothing to do, so no promise can go on because of it. */
export type Run = () => "idle" | void;

const earlier = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class Scheduler {
  /** Virtual milliseconds since the world began. */
  now = 0;
  /** Events that have run. */
  steps = 0;
  private made = 0;
  private readonly heap: Event[] = [];

  /** Runs `run` in `ms` virtual milliseconds. */
  after(ms: number, run: Run): void {
    const event: Event = { at: this.now + (ms > 0 ? ms : 0), order: this.made++, run };
    const { heap } = this;
    let child = heap.length;
    heap.push(event);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent] as Event;
      if (!earlier(event, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = event;
  }

  /**
   * Runs events until `stop` says so or none is left. Between two events every promise that can go on does:
   * Node takes up its tick queue only when no microtask is left, so the next event is put there from a microtask.
   */
  run(stop: () => boolean): Promise<void> {
    // Cheaper than `queueMicrotask`, which makes a resource of each call.
    const settled = Promise.resolve();
    return new Promise((resolve, reject) => {
      const next = (): void => process.nextTick(step);
      const step = (): void => {
        try {
          for (;;) {
            const event = stop() ? undefined : this.pop();
            if (event === undefined) return resolve();
            this.now = event.at;
            this.steps++;
            if (event.run() !== "idle") break;
          }
        } catch (error) {
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        void settled.then(next);
      };
      process.nextTick(step);
    });
  }

  private pop(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!earlier(heap[child] as Event, last)) break;
      heap[hole] = heap[child] as Event;
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}
