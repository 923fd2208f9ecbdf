/** From an HTTP request to the operation that it asks for and its parameters, by the protocol of the service's model. */
import type { Member, Operation, ServiceModel, Shape } from "./model";

export interface HttpCall {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Undefined where the body was not read: then members of the body are not there. */
  readonly body?: Buffer;
}

export interface ModelledCall {
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
}

/** The call in the model's terms; undefined if the model has no such operation. Throws a SyntaxError for a body that can't be read. */
export function modelledCall(model: ServiceModel, call: HttpCall): ModelledCall | undefined {
  const target = call.headers["x-amz-target"];
  if (typeof target === "string") {
    const operation = model.operations[target.split(".").at(-1) ?? ""];
    return operation && { operation, input: parsed(call.body) };
  }
  return model.metadata.protocol === "query" ? byForm(model, call) : byRoute(model, call);
}

const parsed = (body: Buffer | undefined): Record<string, unknown> =>
  body === undefined || body.length === 0 ? {} : (JSON.parse(body.toString("utf8")) as Record<string, unknown>);

// ── Query: a form of flat names ──

function byForm(model: ServiceModel, { url, body }: HttpCall): ModelledCall | undefined {
  const form = new URLSearchParams(body === undefined || body.length === 0 ? (url.split("?")[1] ?? "") : body.toString("utf8"));
  const operation = model.operations[form.get("Action") ?? ""];
  if (operation === undefined) return undefined;
  const fields = [...form].filter(([name]) => name !== "Action" && name !== "Version");
  const shape = operation.input === undefined ? undefined : model.shapes[operation.input.shape];
  return { operation, input: shape === undefined ? {} : (unflattened(model, shape, fields) as Record<string, unknown>) };
}

type Fields = readonly (readonly [name: string, value: string])[];

/** `fields`: names below this shape. */
function unflattened(model: ServiceModel, shape: Shape, fields: Fields): unknown {
  const below = (name: string): Fields =>
    fields.flatMap(([field, value]) => {
      if (field === name) return [["", value] as const];
      return field.startsWith(`${name}.`) ? [[field.slice(name.length + 1), value] as const] : [];
    });
  const shapeOf = (member: Member | undefined): Shape => model.shapes[member?.shape ?? ""] ?? { type: "string" };
  if (shape.type === "structure") {
    const members = Object.entries(shape.members ?? {}).map(([name, member]) => {
      const inner = below(member.locationName ?? name);
      return [name, inner.length === 0 ? undefined : unflattened(model, shapeOf(member), inner)] as const;
    });
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }
  if (shape.type === "list") {
    const start = fields.some(([field]) => /^\d+(\.|$)/.test(field)) ? 0 : 1;
    const indexes = [...new Set(fields.map(([field]) => Number(field.split(".")[start])))].sort((one, two) => one - two);
    return indexes.map((index) => {
      const inner = fields.flatMap(([field, value]) => {
        const parts = field.split(".");
        return Number(parts[start]) === index ? [[parts.slice(start + 1).join("."), value] as const] : [];
      });
      return unflattened(model, shapeOf(shape.member), inner);
    });
  }
  if (shape.type === "map") {
    // `entry.1.key`, `entry.1.value`; scalars are all that the services asked here have in maps.
    const named = new Map(fields);
    const keys = fields.filter(([field]) => field.endsWith(".key"));
    return Object.fromEntries(keys.map(([field, key]) => [key, named.get(field.replace(/key$/, "value")) ?? ""]));
  }
  const text = fields[0]?.[1] ?? "";
  if (["integer", "long", "float", "double"].includes(shape.type)) return Number(text);
  return shape.type === "boolean" ? text === "true" : text;
}

// ── REST: a method and a path ──

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly names: readonly string[];
  /** What the query must hold to be of this operation. */
  readonly query: readonly (readonly [string, string])[];
  /** Members of the query and of the head without which it is not of this operation. */
  readonly required: readonly (readonly [location: string, name: string])[];
  readonly weight: number;
  readonly operation: Operation;
}

const routes = new WeakMap<ServiceModel, readonly Route[]>();

function routesOf(model: ServiceModel): readonly Route[] {
  const known = routes.get(model);
  if (known !== undefined) return known;
  const made = Object.values(model.operations)
    .map((operation) => routeOf(model, operation))
    .sort((one, two) => two.weight - one.weight);
  routes.set(model, made);
  return made;
}

/** S3 has its bucket in the host name; here it is the first part of the path. */
function routeOf({ metadata, shapes }: ServiceModel, operation: Operation): Route {
  const isBucketFirst = metadata.serviceId === "S3";
  const { members = {}, required: needed = [] } = shapes[operation.input?.shape ?? ""] ?? {};
  const required = needed.flatMap((name) => {
    const { location, locationName = name } = members[name] ?? {};
    return location === "querystring" || location === "header" ? [[location, locationName] as const] : [];
  });
  const [template = "", query = ""] = operation.http.requestUri.split("?");
  const path = isBucketFirst && !template.startsWith("/{Bucket}") ? `/{Bucket}${template === "/" ? "" : template}` : template;
  const names: string[] = [];
  const source = path.replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
    names.push(name);
    return greedy === "+" ? "(.+)" : "([^/]+)";
  });
  const wanted = [...new URLSearchParams(query)].filter(([name]) => name !== "x-id");
  const literal = path.replace(/\{[^}]*\}/g, "").length;
  return {
    method: operation.http.method,
    path: new RegExp(`^${source}/?$`),
    names,
    query: wanted,
    required,
    weight: literal + 1000 * (wanted.length + required.length),
    operation,
  };
}

function byRoute(model: ServiceModel, { method, url, headers, body }: HttpCall): ModelledCall | undefined {
  const [path = "", search = ""] = url.split("?");
  const query = new URLSearchParams(search);
  for (const route of routesOf(model)) {
    const isAsked = route.query.every(([name, value]) => query.has(name) && (value === "" || query.get(name) === value));
    const isWhole = route.required.every(([where, name]) =>
      where === "header" ? headers[name.toLowerCase()] !== undefined : query.has(name),
    );
    if (route.method !== method || !isAsked || !isWhole) continue;
    const found = route.path.exec(path);
    if (found === null) continue;
    const shape = model.shapes[route.operation.input?.shape ?? ""];
    const parts = new Map(route.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
    return { operation: route.operation, input: shape === undefined ? {} : restInput(model, shape, parts, query, headers, body) };
  }
  return undefined;
}

function restInput(
  model: ServiceModel,
  shape: Shape,
  parts: ReadonlyMap<string, string>,
  query: URLSearchParams,
  headers: HttpCall["headers"],
  body: Buffer | undefined,
): Record<string, unknown> {
  const isJson = shape.payload === undefined && model.metadata.protocol === "rest-json";
  const input: Record<string, unknown> = isJson ? parsed(body) : {};
  for (const [name, { location, locationName = name, shape: memberShape }] of Object.entries(shape.members ?? {})) {
    const type = model.shapes[memberShape]?.type ?? "string";
    const text =
      location === "uri"
        ? parts.get(locationName)
        : location === "querystring"
          ? (query.get(locationName) ?? undefined)
          : location === "header"
            ? headers[locationName.toLowerCase()]
            : undefined;
    if (typeof text === "string") input[name] = type === "list" ? query.getAll(locationName) : converted(text, type);
  }
  return input;
}

function converted(text: string, type: string): unknown {
  if (["integer", "long", "float", "double"].includes(type)) return Number(text);
  return type === "boolean" ? text === "true" : text;
}
