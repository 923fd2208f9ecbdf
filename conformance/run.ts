import { ACCEPTANCE } from "./acceptance-checks";
import type { Check, Subject } from "./check";
import { HEALTH } from "./health-checks";
import { READING } from "./reading-checks";
import { SESSIONS, sessionOf } from "./session-checks";

export const CHECKS: readonly Check[] = [...HEALTH, ...SESSIONS, ...ACCEPTANCE, ...READING];

export type Finding =
  | { readonly rule: string; readonly result: "kept" }
  | { readonly rule: string; readonly result: "broken" | "skipped"; readonly why: string };

/** Does the service keep the platform's contract? Each rule by itself, one after the other. */
export async function conformance(
  given: Omit<Subject, "session">,
  tell: (finding: Finding) => void = () => undefined,
): Promise<readonly Finding[]> {
  const subject: Subject = { ...given, session: await sessionOf(given.ask).catch(() => undefined) };
  const findings: Finding[] = [];
  for (const { rule, run } of CHECKS) {
    const finding = await run(subject).then(
      (skip): Finding => (skip ? { rule, result: "skipped", why: skip.skipped } : { rule, result: "kept" }),
      (error: unknown): Finding => ({ rule, result: "broken", why: error instanceof Error ? error.message : String(error) }),
    );
    findings.push(finding);
    tell(finding);
  }
  return findings;
}
