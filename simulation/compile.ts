import type { MachineDefinition } from "../emulation/states-language/definition";
import { machines } from "./machines";
import { FACTORY_PARAMETERS, type Factory } from "./services/environment";
import type { RtoSettings } from "./settings";
import type { Program } from "./world";

/** From bundles to what a world runs. The state machines are those that the program registers, as JSON. */
export function compile(bundles: Readonly<Record<string, string>>, rto: RtoSettings): Program {
  const factories = new Map<string, Factory>();
  for (const [name, code] of Object.entries(bundles)) {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a function's bundle, made from this repository, with its runtime as arguments
    factories.set(name, new Function(FACTORY_PARAMETERS, `${code}\n//# sourceURL=${name}.js`) as Factory);
  }
  const definitions = JSON.parse(JSON.stringify(machines(rto.budgetSeconds))) as Record<string, MachineDefinition>;
  return { factories, machines: definitions, rto };
}
