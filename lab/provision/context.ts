/** What a realizer (`realize/*.ts`) gets to work with, and what it answers. */
import type { Registered, SiteName } from "../types";
import type { Plain } from "./values";

/** The emulator's account; its access key is "test". */
export const ACCOUNT = "000000000000";

/** Where a region's emulator answers. */
export interface Place {
  readonly site: SiteName;
  readonly region: string;
  readonly endpoint: string;
}

export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
  readonly forcePathStyle: boolean;
}

export interface RealizeContext {
  /** The region that the resource's provider names. */
  readonly place: Place;
  /** All places of the lab. */
  readonly places: readonly Place[];
  /** `https://<domainName>` of the program and the lab's address that stands for it. */
  readonly publicName: { readonly from: string; readonly to: string };
  /** A client of the given class for this region, or for another place. One is made per class and place. */
  sdk<C>(ctor: new (config: ClientConfig) => C, place?: Place): C;
  /** What was registered so far. */
  registered(): readonly Registered[];
}

export interface Realized {
  readonly id: string;
  /** Computed members only; the inputs are merged under them. */
  readonly state: Plain;
}

export type Realizer = (context: RealizeContext, name: string, inputs: Plain) => Promise<Realized>;
export type RealizerTable = Readonly<Record<string, Realizer>>;

/** `arn:aws:<service>:<region>:<account>:<resource>` */
export const arn = (service: string, region: string, resource: string, account = ACCOUNT): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** Fourth field of an ARN. */
export const regionOfArn = (value: string): string => value.split(":")[3] ?? "";

/** True if the error's name or code is one of these. */
export function isError(error: unknown, ...names: string[]): boolean {
  const candidate = error as { name?: unknown; Code?: unknown; code?: unknown };
  return [candidate.name, candidate.Code, candidate.code].some((value) => typeof value === "string" && names.includes(value));
}

/** Runs `create`; if it fails because the thing is there already, answers `otherwise` instead: realizing twice changes nothing. */
export async function unlessThere<T>(create: () => Promise<T>, otherwise: () => Promise<T>, ...names: string[]): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (isError(error, ...names)) return await otherwise();
    throw error;
  }
}
