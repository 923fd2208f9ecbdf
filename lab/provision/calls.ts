/** The provider's functions (data sources) that a program may call. What is not listed fails: a made-up answer would hide an error. */
import { randomBytes } from "node:crypto";
import { ACCOUNT } from "./context";
import { isPlain, members, optionalNumber, optionalText, text, texts, type Plain } from "./values";

type Call = (region: string, inputs: Plain) => Plain;

const many = (values: string[]): string | string[] => (values.length === 1 ? (values[0] ?? "") : values);

function principals(statement: Plain, key: string): unknown {
  const listed = members(statement, key);
  if (listed.length === 0) return undefined;
  if (listed.some((one) => text(one, "type") === "*")) return "*";
  return Object.fromEntries(listed.map((one) => [text(one, "type"), many(texts(one, "identifiers"))]));
}

/** `aws.iam.getPolicyDocument`, as the provider renders it. */
function policyDocument(inputs: Plain): Plain {
  const statements = members(inputs, "statements").map((statement) => {
    const conditions: Record<string, Record<string, string | string[]>> = {};
    for (const condition of members(statement, "conditions")) {
      const test = (conditions[text(condition, "test")] ??= {});
      test[text(condition, "variable")] = many(texts(condition, "values"));
    }
    const rendered: Plain = { Effect: optionalText(statement, "effect") ?? "Allow" };
    const sid = optionalText(statement, "sid");
    if (sid !== undefined) rendered["Sid"] = sid;
    for (const [key, member] of [
      ["actions", "Action"],
      ["notActions", "NotAction"],
      ["resources", "Resource"],
      ["notResources", "NotResource"],
    ] as const) {
      if (texts(statement, key).length > 0) rendered[member] = many(texts(statement, key));
    }
    for (const [key, member] of [
      ["principals", "Principal"],
      ["notPrincipals", "NotPrincipal"],
    ] as const) {
      const value = principals(statement, key);
      if (value !== undefined) rendered[member] = value;
    }
    if (Object.keys(conditions).length > 0) rendered["Condition"] = conditions;
    return rendered;
  });
  const json = JSON.stringify({ Version: optionalText(inputs, "version") ?? "2012-10-17", Statement: statements }, null, 2);
  return { id: "policy", json, minifiedJson: JSON.stringify(JSON.parse(json)) };
}

const CALLS: Readonly<Record<string, Call>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT,
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    userId: ACCOUNT,
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getRegion:getRegion": (region) => ({
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (region) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    zoneIds: [1, 2, 3].map((zone) => `${region}-az${zone}`),
    groupNames: [region],
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (_region, inputs) => policyDocument(inputs),
  "aws:route53/getZone:getZone": (_region, inputs) => {
    const zoneId = optionalText(inputs, "zoneId") ?? "Z00000000LAB";
    return { id: zoneId, zoneId, name: optionalText(inputs, "name") ?? "example.test", arn: `arn:aws:route53:::hostedzone/${zoneId}` };
  },
  "aws:secretsmanager/getRandomPassword:getRandomPassword": (region, inputs) => ({
    id: region,
    randomPassword: randomBytes(64)
      .toString("hex")
      .slice(0, optionalNumber(inputs, "passwordLength") ?? 32),
  }),
  "aws:ec2/getAmi:getAmi": (region, inputs) => ({ id: `ami-${region}`, owners: inputs["owners"] ?? [], architecture: "arm64" }),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": (region, inputs) => ({
    id: "pl-00000000",
    name: optionalText(inputs, "name") ?? region,
    entries: [],
  }),
  "aws:ec2/getPrefixList:getPrefixList": (region, inputs) => ({
    id: "pl-00000000",
    name: optionalText(inputs, "name") ?? region,
    cidrBlocks: [],
  }),
};

/** Answers a provider function, or throws. */
export function answerCall(token: string, region: string, inputs: unknown): Plain {
  const call = CALLS[token];
  if (call === undefined) throw new Error(`the lab has no answer for the provider function ${token}`);
  return call(region, isPlain(inputs) ? inputs : {});
}
