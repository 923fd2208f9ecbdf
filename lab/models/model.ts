/** AWS's own service models, as botocore carries them in the emulator's Python environment: what a request of each operation may hold. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly flattened?: boolean;
  /** The one member that is the whole body. */
  readonly payload?: string;
}

export interface Member {
  readonly shape: string;
  readonly location?: "uri" | "querystring" | "header" | "headers" | "statusCode";
  readonly locationName?: string;
  readonly flattened?: boolean;
}

export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
}

export interface ServiceModel {
  readonly metadata: { readonly protocol: string; readonly serviceId: string };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** botocore's folders, where they are not called as requests are signed. */
const FOLDERS: Readonly<Record<string, string>> = { states: "stepfunctions", monitoring: "cloudwatch" };

export class ServiceModels {
  private readonly known = new Map<string, ServiceModel | undefined>();
  private readonly folder: string;

  /** `python`: the interpreter of the environment that has botocore. */
  constructor(python: string) {
    const lib = join(dirname(python), "..", "lib");
    const version = readdirSync(lib).find((name) => name.startsWith("python3"));
    if (version === undefined) throw new Error(`${lib} holds no Python: remove .lab and let the lab set itself up again`);
    this.folder = join(lib, version, "site-packages", "botocore", "data");
  }

  /** Of a service by the name that its requests are signed for, in its newest version; undefined where botocore has none. */
  of(service: string): ServiceModel | undefined {
    if (!this.known.has(service)) this.known.set(service, this.read(FOLDERS[service] ?? service));
    return this.known.get(service);
  }

  private read(name: string): ServiceModel | undefined {
    if (!/^[a-z0-9-]+$/.test(name)) return undefined;
    const folder = join(this.folder, name);
    let versions: string[];
    try {
      versions = readdirSync(folder).sort();
    } catch {
      return undefined;
    }
    const newest = versions.at(-1);
    return newest === undefined
      ? undefined
      : (JSON.parse(gunzipSync(readFileSync(join(folder, newest, "service-2.json.gz"))).toString("utf8")) as ServiceModel);
  }
}
