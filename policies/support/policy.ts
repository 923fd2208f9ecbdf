/** How this pack's policies are made: each has a severity, steps to mend it, a schema with defaults, and is mandatory unless configured otherwise. */
import type { ResourceRemediation, ResourceValidationPolicy, Severity, StackValidationPolicy } from "@pulumi/policy";
import { schemaOf, settle, type Options, type Settings } from "./config";
import { memberOf, resourceOf, type Member, type Resource } from "./resource";
import { Stack } from "./stack";
import { holdsAssets, type Values } from "./values";

interface Common<C extends Options> {
  /** Unique in the pack; what a violation is known by. */
  readonly name: string;
  /** The rule, as one sentence. */
  readonly rule: string;
  readonly severity: Severity;
  /** What to do about a violation; told with each. */
  readonly mend: string;
  readonly options: C;
}

export type Report = (problem: string) => void;
export type ReportOn = (problem: string, about?: Member) => void;

export interface ResourcePolicy<C extends Options> extends Common<C> {
  /** Whole type tokens, or their beginnings that end in `:` or `/`. */
  readonly types: readonly string[];
  readonly judge: (resource: Resource, report: Report, settings: Settings<C>) => void;
  /** Only where adding something is safe; the changed properties, or `undefined`. Runs when the policy is configured as `remediate`. */
  readonly remediate?: (resource: Resource, settings: Settings<C>) => Values | undefined;
}

export interface StackPolicy<C extends Options> extends Common<C> {
  readonly judge: (stack: Stack, report: ReportOn, settings: Settings<C>) => void;
}

function common<C extends Options>({ name, rule, severity, mend, options }: Common<C>) {
  return {
    name,
    description: rule,
    severity,
    remediationSteps: mend,
    enforcementLevel: "mandatory" as const,
    configSchema: schemaOf(options),
  };
}

function applies(types: readonly string[], type: string): boolean {
  return types.some((one) => (one.endsWith(":") || one.endsWith("/") ? type.startsWith(one) : type === one));
}

/** Judges each resource by itself, before it is made or changed. */
export function resourcePolicy<C extends Options>(policy: ResourcePolicy<C>): ResourceValidationPolicy {
  const { name, types, judge, remediate, options, mend } = policy;
  const remediateResource: ResourceRemediation = async (args) => {
    if (remediate === undefined || !applies(types, args.type)) return undefined;
    // The policy server hands archives back as the names of their files: code would be lost. The violation stays instead.
    if (holdsAssets(args.props)) return undefined;
    const added = remediate(await resourceOf(args), settle(name, options, args.getConfig()));
    // Added to the server's own object: its proxy keeps what is secret or unknown as it is.
    return added === undefined ? undefined : Object.assign(args.props, added);
  };
  return {
    ...common(policy),
    validateResource: async (args, report) => {
      const settings = settle(name, options, args.getConfig<Record<string, unknown>>());
      if (!applies(types, args.type)) return;
      judge(await resourceOf(args), (problem) => report(`${args.name}: ${problem}. To mend it: ${mend}`), settings);
    },
    ...(remediate === undefined ? {} : { remediateResource }),
  };
}

/** Judges all resources of the stack together, at the end of a preview and of an update. */
export function stackPolicy<C extends Options>(policy: StackPolicy<C>): StackValidationPolicy {
  const { name, judge, options, mend } = policy;
  return {
    ...common(policy),
    validateStack: async (args, report) => {
      const settings = settle(name, options, args.getConfig<Record<string, unknown>>());
      const stack = new Stack(await Promise.all(args.resources.map(memberOf)));
      judge(
        stack,
        (problem, about) => report(`${about === undefined ? "" : `${about.name}: `}${problem}. To mend it: ${mend}`, about?.urn),
        settings,
      );
    },
  };
}
