import { ACCEPTANCE } from "./acceptance-checks";
import type { Check, Subject } from "./check";
import { HEALTH } from "./health-checks";
import { READING } from "./reading-checks";

export const CHECKS: readonly Check[] = [...HEALTH, ...ACCEPTANCE, ...READING];

export type Finding =
  | { readonly rule: string; readonly result: "kept" }
  | { readonly rule: string; readonly result: "broken" | "skipped"; readonly why: string };

/** Does the service keep the platform's contract? Each rule by itself, one after the other. */
export async function conformance(subject: Subject, tell: (finding: Finding) => void = () => undefined): Promise<readonly Finding[]> {
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
