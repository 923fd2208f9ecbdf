/**
 * What the client and the functions use of `AbortController`, in place of Node's: the same calls in the same order, without the events and the bookkeeping that
 * Node makes for each. The build puts it into the client (`build.ts`); a function is given it.
 */
type Listener = () => void;

class LightSignal {
  aborted = false;
  reason: unknown;
  private listeners: Listener[] = [];

  addEventListener(_type: "abort", listener: Listener): void {
    this.listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: Listener): void {
    this.listeners = this.listeners.filter((one) => one !== listener);
  }

  end(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // Each is heard once: all that listen here ask for that.
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }
}

class LightController {
  readonly signal = new LightSignal();

  abort(reason: unknown): void {
    this.signal.end(reason);
  }
}

export { LightController as AbortController };
