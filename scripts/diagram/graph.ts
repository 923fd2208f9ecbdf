/** From what the program registers to what a picture of it shows. Pure. */

export interface Registration {
  readonly type: string;
  readonly name: string;
  /** `primary-region` or `standby-region` is part of it. */
  readonly provider: string;
  readonly id: string;
  readonly arn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export type Place = "primary" | "standby" | "both";

export interface Node {
  readonly key: string;
  readonly kind: string;
  readonly label: string;
  readonly place: Place;
}

/**
 * `triggers`: makes the other one work. `writes`: may write to it, by its role. `replicates`: copies to it. `judges`: looks at it and decides by what
 * it sees.
 */
export type Relation = "triggers" | "writes" | "replicates" | "judges";

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly relation: Relation;
  readonly label: string;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

type Inputs = Registration["inputs"];

/** Types that are drawn; `label` undefined leaves a resource out. */
const DRAWN: Readonly<Record<string, (inputs: Inputs, name: string) => string | undefined>> = {
  "apigateway/restApi:RestApi": () => "API",
  "lb/loadBalancer:LoadBalancer": () => "load balancer",
  "ecs/service:Service": () => "ECS service",
  "autoscaling/group:Group": () => "Auto Scaling group",
  "lambda/function:Function": (_, name) => /-(?:fn|work)-(.+)-function$/.exec(name)?.[1],
  "sqs/queue:Queue": (_, name) => (/(dlq|dead|notices)/.test(name) ? undefined : /record/.test(name) ? "record queue" : "trade queue"),
  "sfn/stateMachine:StateMachine": (_, name) => /-machines-(.+)-machine$/.exec(name)?.[1],
  "cloudwatch/eventBus:EventBus": () => "event bus",
  "sns/topic:Topic": () => "notices",
  "s3/bucket:Bucket": (_, name) => /-objects-(assets|configuration|audit)-bucket$/.exec(name)?.[1],
  "rds/cluster:Cluster": ({ engine }) => `ledger (${String(engine)})`,
  "dynamodb/table:Table": (_, name) => name.replace(/^tables-/, ""),
  "route53/healthCheck:HealthCheck": (inputs, name) =>
    `${name.replace(/^global-checks-/, "")}${inputs.invertHealthcheck === true ? " (inverted)" : ""}`,
  "route53/record:Record": ({ setIdentifier, name }) =>
    typeof setIdentifier === "string" ? `${String(name)} → ${setIdentifier}` : undefined,
};

interface Link {
  readonly type: string;
  readonly relation: Relation;
  /** Values that name where the edge begins and where it ends; a word in place of a value stands for a node of that kind in the same place. */
  readonly ends: (inputs: Inputs, own: Registration) => readonly (readonly [from: unknown, to: unknown, label: string])[];
}

const object = (value: unknown): Inputs => (typeof value === "object" && value !== null ? (value as Inputs) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What runs the trade service where functions don't. */
const BALANCER = "lb/loadBalancer:LoadBalancer";
const BUS = "cloudwatch/eventBus:EventBus";
const FLEETS = ["ecs/service:Service", "autoscaling/group:Group"];
const OF_SERVERS = /-servers-(task|instance)-policy$/;
const RECEIVES = /^sqs:ReceiveMessage$/;

/** What ties two of them together, and how. */
const LINKS: readonly Link[] = [
  {
    type: "apigateway/integration:Integration",
    relation: "triggers",
    ends: ({ restApi, uri }) => [[restApi, uri, ""]],
  },
  {
    type: "lambda/eventSourceMapping:EventSourceMapping",
    relation: "triggers",
    ends: ({ eventSourceArn, functionName }, own) => [[eventSourceArn, functionName, own.name.endsWith("-record") ? "events" : "trades"]],
  },
  ...FLEETS.map((type): Link => ({ type, relation: "triggers", ends: (_, own) => [["balancer", own.arn, ""]] })),
  {
    type: "iam/rolePolicy:RolePolicy",
    relation: "triggers",
    ends: ({ policy }, own) => (OF_SERVERS.test(own.name) ? allowedIn(policy, RECEIVES).map((queue) => [queue, "fleet", "trades"]) : []),
  },
  {
    type: "scheduler/schedule:Schedule",
    relation: "triggers",
    ends: ({ target, scheduleExpression }) => [["clock", object(target).arn, String(scheduleExpression)]],
  },
  {
    type: "cloudwatch/eventTarget:EventTarget",
    relation: "triggers",
    ends: ({ arn, eventBusName }) => [[eventBusName === undefined ? "alarms" : "bus", arn, ""]],
  },
  {
    type: "sfn/stateMachine:StateMachine",
    relation: "triggers",
    ends: ({ definition }, own) => [[own.arn, definition, ""]],
  },
  {
    type: "lambda/function:Function",
    relation: "triggers",
    ends: ({ environment }, own) => [[own.arn, machinesIn(environment), ""]],
  },
  {
    type: "lambda/function:Function",
    relation: "judges",
    ends: ({ environment }, own) =>
      /sentinel/.test(own.name) ? [[own.arn, object(object(environment).variables).PEER_URL, "probes"]] : [],
  },
  {
    type: "s3/bucketReplicationConfig:BucketReplicationConfig",
    relation: "replicates",
    ends: ({ bucket, rules }) => list(rules).map((rule) => [bucket, object(object(rule).destination).bucket, ""]),
  },
  {
    type: "rds/cluster:Cluster",
    relation: "replicates",
    ends: ({ globalClusterIdentifier }, own) =>
      own.provider.includes("standby") && globalClusterIdentifier !== undefined ? [["writer", own.arn, "asynchronous"]] : [],
  },
  {
    type: "iam/rolePolicy:RolePolicy",
    relation: "writes",
    ends: ({ policy }, own) => allowedIn(policy, WRITES).map((resource) => [writerOf(own), resource, ""]),
  },
  {
    type: "route53/healthCheck:HealthCheck",
    relation: "judges",
    ends: ({ fqdn, resourcePath, childHealthchecks }, own) => [
      ...(fqdn === undefined ? [] : [[own.id, fqdn, String(resourcePath)] as const]),
      ...list(childHealthchecks).map((child) => [own.id, child, ""] as const),
    ],
  },
  {
    type: "route53/record:Record",
    relation: "judges",
    ends: ({ healthCheckId }, own) => (healthCheckId === undefined ? [] : [[healthCheckId, own.id, ""]]),
  },
];

/** On the way of a trade, and of its record: these alone are followed to what they write, or the picture would be black with lines. */
const ON_THE_WAY = /-(trade-intake|trade-processor|auditor|servers-task|servers-instance)-policy$/;
const WRITES = /^(dynamodb:(PutItem|UpdateItem)|sqs:SendMessage|rds-data:ExecuteStatement|s3:PutObject|events:PutEvents)$/;

/** A function and its role's policy have one name but for the end; servers are all of a site's. */
const writerOf = ({ name }: Registration): string => (OF_SERVERS.test(name) ? "fleet" : `arn<${name.replace(/-policy$/, "-function")}>`);

function allowedIn(policy: unknown, actions: RegExp): unknown[] {
  if (typeof policy !== "string") return [];
  const { Statement } = JSON.parse(policy) as { Statement: { Effect: string; Action: string | string[]; Resource: string | string[] }[] };
  return Statement.filter(({ Effect, Action }) => Effect === "Allow" && [Action].flat().some((action) => actions.test(action))).map(
    ({ Resource }) => Resource,
  );
}

/** The machines that a function may start, from its environment. */
const machinesIn = (environment: unknown): unknown =>
  Object.entries(object(object(environment).variables)).flatMap(([name, value]) => (name.endsWith("STATE_MACHINE_ARN") ? [value] : []));

export function graphOf(registrations: readonly Registration[]): Graph {
  const nodes: Node[] = [];
  for (const one of registrations) {
    const label = DRAWN[kindOf(one)]?.(one.inputs, one.name);
    if (label !== undefined) nodes.push({ key: one.name, kind: kindOf(one), label, place: placeOf(one) });
  }
  const find = finder(registrations, new Set(nodes.map(({ key }) => key)));
  const edges = new Map<string, Edge>();
  const extra = new Map<string, Node>();
  const at = (value: unknown, own: Registration): readonly string[] => {
    if (value === "writer")
      return nodes.filter(({ kind, place }) => kind === "rds/cluster:Cluster" && place === "primary").map(({ key }) => key);
    const here = (kinds: readonly string[]): readonly string[] =>
      nodes.filter(({ kind, place }) => kinds.includes(kind) && place === placeOf(own)).map(({ key }) => key);
    if (value === "bus") return here([BUS]);
    if (value === "balancer") return here([BALANCER]);
    if (value === "fleet") return here(FLEETS);
    if (value !== "clock" && value !== "alarms") return find(value);
    const place = placeOf(own);
    const node = { key: `${place}-${value}`, kind: value, label: value === "clock" ? "schedules" : "alarms", place };
    extra.set(node.key, node);
    return [node.key];
  };
  for (const own of registrations) {
    if (kindOf(own) === "iam/rolePolicy:RolePolicy" && !ON_THE_WAY.test(own.name)) continue;
    for (const { relation, ends } of LINKS.filter(({ type }) => type === kindOf(own))) {
      for (const [from, to, label] of ends(own.inputs, own)) {
        for (const a of at(from, own))
          for (const b of at(to, own)) if (a !== b) edges.set(`${a} ${b} ${relation}`, { from: a, to: b, relation, label });
      }
    }
  }
  const tables = nodes.filter(({ kind }) => kind === "dynamodb/table:Table").map((node) => ({ ...node, place: "both" as const }));
  const shared = nodes.map((node) => tables.find(({ key }) => key === node.key) ?? node);
  const all = [...shared, ...extra.values()];
  const linked = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  return { nodes: all.filter(({ key, kind }) => linked.has(key) || kind === "dynamodb/table:Table"), edges: [...edges.values()] };
}

const kindOf = ({ type }: Registration): string => type.replace(/^aws:/, "");

function placeOf({ type, provider }: Registration): Place {
  if (/^aws:route53\//.test(type)) return "both";
  return provider.includes("standby-region") ? "standby" : "primary";
}

/** Finds the drawn resources that a value refers to: by id or ARN wherever in it these stand, or by the name at its end where it was put together of names. */
function finder(registrations: readonly Registration[], drawn: ReadonlySet<string>): (value: unknown) => string[] {
  const all = registrations.filter(({ name }) => drawn.has(name));
  const tokens = [
    ...all.flatMap(({ name, id, arn }) => [id, arn].map((token) => [token, name] as const)),
    ...aliasesAmong(registrations, all),
  ];
  const named = (text: string): string[] =>
    all
      .filter((one) => {
        const { name } = one.inputs;
        if (typeof name !== "string" || !(text === name || text.endsWith(`:${name}`) || text.endsWith(`/${name}`))) return false;
        const service = /^arn:aws:([a-z]+):/.exec(text)?.[1];
        return SERVICES[service ?? "lambda"]?.test(kindOf(one)) ?? false;
      })
      .map(({ name }) => name);
  return (value) => {
    if (value === undefined || value === null) return [];
    const text = JSON.stringify(value);
    const found = [...new Set(tokens.filter(([token]) => text.includes(token)).map(([, name]) => name))];
    if (found.length > 0) return found;
    return (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one) => (typeof one === "string" ? named(one) : []));
  };
}

/** Names that lead to a load balancer: who speaks of one means it. */
const aliasesAmong = (registrations: readonly Registration[], all: readonly Registration[]): (readonly [string, string])[] =>
  registrations.flatMap(({ inputs }) =>
    list(inputs.aliases).flatMap((alias) =>
      all
        .filter((one) => kindOf(one) === BALANCER && one.id === object(alias).name)
        .map(({ name }) => [String(inputs.name), name] as const),
    ),
  );

/** Which kinds an ARN of a service may mean; a bare name is a function's. */
const SERVICES: Readonly<Record<string, RegExp>> = {
  lambda: /^lambda\//,
  states: /^sfn\//,
  dynamodb: /^dynamodb\//,
  sqs: /^sqs\//,
  events: /^cloudwatch\/eventBus/,
};
