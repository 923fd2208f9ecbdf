import type { Recorded } from "../recorded";
import { set } from "../world";

/** Something that a change of the program could bring in, and the policy that must refuse it. */
export interface Fault {
  readonly what: string;
  readonly policy: string;
  /** The resource whose registration is wrong. */
  readonly on: string;
  readonly plant: (all: readonly Recorded[]) => readonly Recorded[];
}

/** A field has another value, or none. */
export function changed(what: string, policy: string, on: string, path: string, value?: unknown): Fault {
  return { what, policy, on, plant: (all) => set(all, on, path, value) };
}

/** A registration is missing. */
export function missing(what: string, policy: string, on: string): Fault {
  return {
    what,
    policy,
    on,
    plant: (all) => {
      if (!all.some(({ name }) => name === on)) throw new Error(`there is no resource ${on}`);
      return all.filter(({ name }) => name !== on);
    },
  };
}

/** A text within one property is another. */
export function rewritten(what: string, policy: string, on: string, path: string, from: string | RegExp, to: string): Fault {
  return {
    what,
    policy,
    on,
    plant: (all) => {
      const before = all.find(({ name }) => name === on)?.inputs[path];
      if (typeof before !== "string" || before.replace(from, to) === before) throw new Error(`${on} has no such text in ${path}`);
      return set(all, on, path, before.replace(from, to));
    },
  };
}

/** A registration that was not there, made like another one. */
export function added(what: string, policy: string, like: string, type: string, name: string, inputs: Record<string, unknown>): Fault {
  return {
    what,
    policy,
    on: name,
    plant: (all) => {
      const model = all.find((one) => one.name === like);
      if (model === undefined) throw new Error(`there is no resource ${like}`);
      const one = {
        ...model,
        type,
        name,
        urn: model.urn.replace(/[^:]*$/, name),
        inputs,
        outputs: { id: `${name}-id`, ...inputs },
        sources: {},
        protect: false,
      };
      return [...all, { ...one, ignoreChanges: [] }];
    },
  };
}
