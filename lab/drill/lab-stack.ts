import { type Settings, parseSettings } from "../../components/settings/settings";
import { PROJECT } from "../../scripts/lib/stack-config";
import { labConfig } from "../provision/run-program";
import { UsageError } from "./options";

/** A stack as the lab plays it. */
export interface LabStack {
  readonly name: string;
  /** Keys of its configuration, without the project's prefix, that win over its file. */
  readonly config: Readonly<Record<string, string>>;
  readonly settings: Settings;
}

/**
 * The stack that the lab is to play, by the program's own judgement of its settings, before anything is started.
 * @param config keys without the project's prefix; they win over the stack file
 * @throws a UsageError that names all that is wrong
 */
export function labStack(name: string, config: LabStack["config"] = {}): LabStack {
  const prefix = `${PROJECT}:`;
  const raw = Object.entries(labConfig(config, name)).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
  );
  let settings: Settings;
  try {
    settings = parseSettings(Object.fromEntries(raw));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return { name, config, settings };
}
