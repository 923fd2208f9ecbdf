import type { PackConfig } from "../pack-server";
import type { Recorded } from "../recorded";

/** One field of a good stack: every bad value of it is a violation; a wrong type is, too; an unknown value is none. */
export interface Field {
  readonly on: string;
  /** Dotted; leads into JSON texts; `opts.` for resource options, which are never unknown. */
  readonly path: string;
  /** `undefined` takes the field away. */
  readonly bad: readonly unknown[];
  /** A value of a wrong type; an object unless told. `null`: the type can't be wrong (an option, a mere presence). */
  readonly wrong?: unknown;
  /** Inside a JSON text nothing can be unknown by itself: the whole text is. */
  readonly unknownAt?: string | null;
}

export interface Case {
  readonly policy: string;
  readonly good: readonly Recorded[];
  readonly fields: readonly Field[];
  readonly config?: PackConfig;
}

export function field(on: string, path: string, bad: readonly unknown[], more: Partial<Field> = {}): Field {
  return { on, path, bad, ...more };
}
