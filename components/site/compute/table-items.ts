import type * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../../foundation/policy-documents";

/** Some items of a table, by their keys. A request that names no key would satisfy ForAllValues: Null asks for one. */
export const allowItems = (
  actions: string | readonly string[],
  tableArn: pulumi.Input<string>,
  operator: "StringEquals" | "StringLike",
  key: string,
): Statement => ({
  ...allow(actions, tableArn),
  Condition: { [`ForAllValues:${operator}`]: { "dynamodb:LeadingKeys": [key] }, Null: { "dynamodb:LeadingKeys": "false" } },
});
