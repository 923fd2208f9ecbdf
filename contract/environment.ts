/** The environment that capabilities come with, as types. */
import type * as capabilities from "./capabilities";
import type { Capability } from "./capabilities";

export type KnownCapability = Extract<(typeof capabilities)[keyof typeof capabilities], Capability>;

export type CapabilityName = KnownCapability["name"];

type VariablesOf<C extends Capability> = C extends unknown ? keyof C["variables"] & string : never;
type KindOf<C extends Capability, V extends string> = C extends { readonly variables: { readonly [K in V]: infer Kind } } ? Kind : never;

/** Names of the variables that come with capabilities. */
export type Variable<N extends CapabilityName = CapabilityName> = VariablesOf<Extract<KnownCapability, { readonly name: N }>>;

/** Of each variable what `Kinds` has for its kind. */
export type Variables<N extends CapabilityName, Kinds> = {
  readonly [V in Variable<N>]: Kinds[KindOf<Extract<KnownCapability, { readonly name: N }>, V> & keyof Kinds];
};

/** Variables that only some stacks set. */
export type OptionalVariable<N extends CapabilityName = CapabilityName> = {
  [V in Variable<N>]: "optional" extends KindOf<Extract<KnownCapability, { readonly name: N }>, V> ? V : never;
}[Variable<N>];

/** Names of the variables that a function is given. */
export const variablesOf = (uses: readonly Capability[]): Variable[] => [
  ...new Set(uses.flatMap(({ variables }) => Object.keys(variables) as Variable[])),
];
