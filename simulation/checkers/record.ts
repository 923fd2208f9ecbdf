/** Violations as they are found: at what virtual time, and in words. */
export class Findings {
  readonly all: { readonly at: number; readonly rule: string; readonly what: string }[] = [];

  constructor(
    private readonly now: () => number,
    private readonly onFound: (rule: string, what: string) => void = () => undefined,
  ) {}

  add(rule: string, what: string): void {
    // One of a kind is enough to fail a seed; a flood would hide the first.
    if (this.all.filter((one) => one.rule === rule).length >= 3) return;
    this.all.push({ at: this.now(), rule, what });
    this.onFound(rule, what);
  }
}
