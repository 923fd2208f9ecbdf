import { HABITS, type Climate, type Habit } from "./climate";
import { FAULT_KINDS, type Fault, type FaultKind } from "./kinds";

/** Worlds that have something in common: the faults of a bug that was found once, or near them; a kind of fault, or a habit of AWS, in each of them. */
export interface Family {
  readonly faults?: readonly Fault[];
  readonly kinds?: readonly FaultKind[];
  readonly climate?: Climate;
  readonly large?: boolean;
}

/** Seeds that once failed, and the faults that they needed. */
export const FOUND: Readonly<Record<string, readonly Fault[]>> = {
  "5968": [
    { kind: "events-lost", at: 15906.34210826829, lastsMs: 23199.303058208898, where: 1, size: 0.9649925047997385 },
    { kind: "partition-both-ways", at: 31476.577556692064, lastsMs: 17705.588270910084, where: 1, size: 0.2401606342755258 },
    { kind: "graceful-move", at: 24254.349480383098, lastsMs: 61317.7494504489, where: 0, size: 0.644156739814207 },
  ],
  "1017": [{ kind: "stale-actor", at: 16838.50455423817, lastsMs: 47611.015268135816, where: 0, size: 0.32982025970704854 }],
  "932": [
    { kind: "failover-during-switchover", at: 49405.23335849866, lastsMs: 54754.28660935722, where: 0, size: 0.8073539847973734 },
    { kind: "graceful-move", at: 55240.1078059338, lastsMs: 41747.53152905032, where: 0, size: 0.8680067530367523 },
    { kind: "function-killed", at: 42618.53437591344, lastsMs: 33091.080606216565, where: 0, size: 0.8386326024774462 },
  ],
  "22575": [
    { kind: "stale-actor", at: 19656.33785352111, lastsMs: 28570.24477981031, where: 0, size: 0.48270747857168317 },
    { kind: "graceful-move", at: 27370.41585613042, lastsMs: 19837.314246688038, where: 0, size: 0.32314979773946106 },
  ],
  "138731": [
    { kind: "graceful-move", at: 24346.035827184096, lastsMs: 28103.51043753326, where: 0, size: 0.2983082339633256 },
    { kind: "graceful-move", at: 22527.321020606905, lastsMs: 40897.853205911815, where: 1, size: 0.6165972861927003 },
    { kind: "stale-actor", at: 17518.741820240393, lastsMs: 34166.94569285028, where: 0, size: 0.5281677274033427 },
  ],
  "20005959": [
    {
      kind: "restriction-changed",
      at: 10047.936596674845,
      lastsMs: 30723.528167931363,
      where: 0,
      size: 0.5894929862115532,
      when: { actor: "sentinel", progress: 0.17827809834852815 },
    },
    { kind: "partition-both-ways", at: 21308.085669297725, lastsMs: 16251.044082222506, where: 0, size: 0.22466772724874318 },
    { kind: "partition-both-ways", at: 28518.014136934653, lastsMs: 26751.48044130765, where: 0, size: 0.5395945713391 },
  ],
  "20009418": [
    { kind: "restriction-changed", at: 35816.05580402538, lastsMs: 21276.371621293947, where: 0, size: 0.6161047583445907 },
    { kind: "stale-actor", at: 7387.13076338172, lastsMs: 28429.464876651764, where: 1, size: 0.4991875006817281 },
  ],
  "5015500": [
    { kind: "stale-actor", at: 25456.132671097293, lastsMs: 12815.563639858738, where: 0, size: 0.5653836652636528 },
    { kind: "poison-trade", at: 15763.346741441637, lastsMs: 40122.06058809534, where: 0, size: 0.3511023633182049 },
    { kind: "old-messages", at: 30518.888967344537, lastsMs: 7374.319717520848, where: 0, size: 0.808093253755942 },
    { kind: "failover-twice", at: 28946.563381468877, lastsMs: 39390.022807521746, where: 0, size: 0.007182340603321791 },
  ],
};

export const FAMILY_NAMES: readonly string[] = [...Object.keys(FOUND), "large", ...FAULT_KINDS, ...HABITS];

/** By the number of a seed that once failed, a kind of fault, a habit of AWS, or "large". @throws for any other name, and says which there are */
export function familyNamed(name: string): Family {
  const faults = FOUND[name];
  if (faults) return { faults };
  if (name === "large") return { large: true };
  if ((FAULT_KINDS as readonly string[]).includes(name)) return { kinds: [name as FaultKind] };
  if ((HABITS as readonly string[]).includes(name)) return { climate: { [name as Habit]: 1 } };
  throw new Error(`--family is "${name}"; allowed: ${FAMILY_NAMES.join(", ")}`);
}
