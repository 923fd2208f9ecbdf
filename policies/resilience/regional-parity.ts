import { isExcepted, reasons, texts } from "../support/config";
import { COMPARABLE, BY_NATURE } from "../support/comparable";
import { stackPolicy } from "../support/policy";
import type { Member } from "../support/resource";
import { neutral, roleOf, sitesOf, type Site } from "../support/sites";
import { ALARM, FUNCTION, KEY, LAUNCH_TEMPLATE, TASK_DEFINITION } from "../support/types";
import type { Stack } from "../support/stack";
import { at, isRecord, isText, json, list, UNKNOWN, type Value } from "../support/values";

const REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey";

/** A setting as a text in which what must differ is gone; `undefined` where it, or a part of it, is known only after the update. */
function settingOf(stack: Stack, { type, props }: Member, key: string, own: Site, peer: Site): string | undefined {
  let open = false;
  // Environments differ in values; that they have the same names is what makes the code the same.
  const value: Value = comparable(type, key, props);
  const written = JSON.stringify(canonical(value), (_, part: unknown) => {
    if (part === UNKNOWN) open = true;
    return part;
  });
  if (open || value === UNKNOWN) return undefined;
  const named = (written ?? "").replace(/arn:[^\s"\\,]+/g, (arn) => nameOf(stack, arn, own, peer));
  return BY_NATURE.reduce((text, [pattern, read]) => text.replace(pattern, read), neutral(named, own, peer));
}

function comparable(type: string, key: string, props: Member["props"]): Value {
  if (type === FUNCTION && key === "environment") return namesOf(at(list(props.environment)[0], "variables"));
  if (type === LAUNCH_TEMPLATE && key === "userData") return scriptOf(props.userData);
  if (type === TASK_DEFINITION && key === "containerDefinitions") return containersOf(props.containerDefinitions);
  return props[key];
}

/** Containers, of whose images only the digest counts, because each region has its own registry, and of whose variables only the names. */
function containersOf(definitions: Value): Value {
  const containers = json(definitions);
  if (!Array.isArray(containers)) return containers;
  return list(containers).map((container) => {
    if (!isRecord(container)) return container;
    const { image, environment } = container;
    return {
      ...container,
      image: isText(image) ? image.replace(/^[^@]*@/, "") : image,
      environment: list(environment).map((variable) => at(variable, "name")),
      logConfiguration: null,
    };
  });
}

/** A script that an instance starts with, of whose assignments to variables only the names count. */
const scriptOf = (userData: Value): Value =>
  isText(userData)
    ? Buffer.from(userData, "base64")
        .toString("utf8")
        .replace(/^([A-Z][A-Z0-9_]*)=.*$/gm, "$1")
    : userData;

/** An ARN of the stack's own resources is read as what it names, whatever number AWS gave it; a replica of a key as the key. */
function nameOf(stack: Stack, arn: string, own: Site, peer: Site): string {
  const found = stack.ownerAnywhere(arn, own.region);
  if (found === undefined) return arn;
  const key = found.member.type === REPLICA_KEY ? stack.referent(found.member, "primaryKeyArn", KEY) : undefined;
  return `<${roleOf(key ?? found.member, own, peer)}>${found.rest}`;
}

function namesOf(variables: Value): Value {
  return isRecord(variables) ? Object.keys(variables).sort() : variables;
}

/** Keys in order, nothing where providers write null, so that the same setting is the same text. */
function canonical(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(canonical);
  if (!isRecord(value)) return value === undefined ? null : value;
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, canonical(one)]));
}

function shorten(text: string | undefined): string {
  const read = text ?? "null";
  return read.length > 120 ? `${read.slice(0, 117)}…` : read;
}

/** The first difference of two settings, with a little context. */
function difference(mine: string, theirs: string): string {
  if (mine.length + theirs.length < 240) return `${shorten(mine)} and ${shorten(theirs)}`;
  let from = 0;
  while (mine[from] === theirs[from]) from += 1;
  const start = Math.max(0, from - 20);
  return `…${shorten(mine.slice(start, from + 60))} and …${shorten(theirs.slice(start, from + 60))}`;
}

/** The standby can only take over with the resources and the size it has. */
export const regionalParity = stackPolicy({
  name: "regional-parity",
  rule: "Each site has the other's resources, with the same settings.",
  severity: "critical",
  mend: "make both sites from the same component, and let nothing but names, addresses and keys depend on the site",
  options: {
    once: texts(
      [
        "aws:route53/",
        "aws:dynamodb/",
        "aws:rds/globalCluster:",
        "aws:secretsmanager/",
        "aws:iam/",
        "aws:fis/",
        "aws:kms/",
        "aws:ec2/vpcPeering",
        "aws:arcregionswitch/",
        "aws:globalaccelerator/",
        "aws:cloudfront/",
        // Copies what is pushed to one registry to the other, one way.
        "aws:ecr/replicationConfiguration:",
        "aws:organizations/",
        "aws:budgets/",
      ],
      "Beginnings of types of which there may be one for all regions.",
    ),
    exempt: reasons(
      { "*-proof": "both sites prove the same name, by the same record" },
      "Resource names that need no counterpart, each with the reason.",
    ),
    different: reasons({}, "Settings that may differ, as `type property`, each with the reason."),
  },
  judge: (stack, report, { once, exempt, different }) => {
    const sites = sitesOf(stack);
    if (sites.length < 2) return report("the stack has resources in one region only");
    for (const own of sites) {
      for (const peer of sites) {
        if (own === peer) continue;
        const theirs = new Map(stack.resources.filter(({ region }) => region === peer.region).map((one) => [roleOf(one, peer, own), one]));
        for (const mine of stack.resources) {
          if (!mine.type.startsWith("aws:") || mine.region !== own.region || isExcepted(exempt, mine.name)) continue;
          // AWS sends the metrics of Route 53 to us-east-1 only.
          if (mine.type === ALARM && mine.props.namespace === "AWS/Route53") continue;
          const role = roleOf(mine, own, peer);
          const counterpart = theirs.get(role);
          const isSites = role.includes("{own}") || role.includes("{peer}");
          if (counterpart === undefined) {
            // What belongs to no site by its name, and is of a type that is made once, is shared by both.
            if (
              isSites
                ? !once.some((begin) => mine.type.startsWith(begin) && begin === "aws:route53/")
                : !once.some((begin) => mine.type.startsWith(begin))
            ) {
              report(`it has no counterpart in ${peer.region}`, mine);
            }
            continue;
          }
          // Each pair is compared once.
          if (own.region > peer.region) continue;
          for (const key of COMPARABLE[mine.type] ?? []) {
            if (isExcepted(different, `${mine.type} ${key}`)) continue;
            const here = settingOf(stack, mine, key, own, peer);
            const there = settingOf(stack, counterpart, key, peer, own);
            if (here !== undefined && there !== undefined && here !== there) {
              report(`${key} is not the same in ${own.region} and ${peer.region}: ${difference(here, there)}`, mine);
            }
          }
        }
      }
    }
    return undefined;
  },
});
