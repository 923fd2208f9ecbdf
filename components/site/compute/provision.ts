import type * as pulumi from "@pulumi/pulumi";
import type { CapabilityName, OptionalVariable, Variable } from "../../../contract/environment";
import type { Statement } from "../../foundation/policy-documents";
import type { SiteContext } from "../../foundation/site-context";
import type { SiteResources } from "./site-resources";

/** What a capability's values and statements are made of. */
export interface Surroundings {
  readonly context: SiteContext;
  readonly resources: SiteResources;
  /** Bundles of all functions of a site. */
  readonly bundles: readonly string[];
}

export interface Provision<N extends CapabilityName> {
  readonly variables: {
    readonly [V in Variable<N>]: V extends OptionalVariable ? pulumi.Input<string> | undefined : pulumi.Input<string>;
  };
  /** Order is kept. None: the capability needs no permission. */
  readonly statements: readonly Statement[];
}
