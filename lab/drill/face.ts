import type { Signer } from "../../client/signing/sigv4a";
import type { Endpoint } from "../../client/types";

/** The region that the public name leads to, as one client's resolver sees it. */
export interface NameResolver {
  /** Region that it is near, where that is known. */
  readonly near?: string;
  resolve(name: string): Promise<{ readonly region: string; readonly endpoint: string; path(requested: string): string }>;
}

/** What clients show that they may call the API, where they must. */
export interface Credentials {
  /** As the platform knows them. */
  readonly caller: string;
  readonly apiKey?: string;
  /** Signs a request so that either region takes it. */
  readonly sign?: Signer;
}

/** All that clients know of the platform: its public name, or its two endpoints. */
export interface PublicFace extends Credentials {
  readonly name: string;
  /** A resolver with a cache of its own, for the client of this number among those that follow DNS: they are near one region and the other in turn. */
  resolver(client: number): NameResolver;
  /** Home primary first. */
  readonly endpoints: readonly [Endpoint, Endpoint];
}
