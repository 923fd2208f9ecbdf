/**
 * DynamoDB. A table with a STRONG replica is multi-Region strongly consistent: no emulator has that, so it is not created here but told to the
 * regions' fronts (`wiring.ts`), which hold its quorum. An ordinary global table is created in each of its regions; the fronts replicate it.
 */
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { arn, unlessThere, type Place, type RealizeContext, type RealizerTable } from "../context";
import { member, members, optionalFlag, optionalText, text, texts, type Plain } from "../values";

export const TABLE = "aws:dynamodb/table:Table";

/** Does one of the table's replicas ask for strong consistency? */
export const isStrong = (inputs: Plain): boolean => members(inputs, "replicas").some((replica) => replica["consistencyMode"] === "STRONG");

const tableName = (inputs: Plain, fallback: string): string => optionalText(inputs, "name") ?? fallback;

const keySchema = (hash: string, range: string | undefined): { AttributeName: string; KeyType: "HASH" | "RANGE" }[] => [
  { AttributeName: hash, KeyType: "HASH" },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" as const }]),
];

/** The provider's newer `keySchemas` list, or its plain `hashKey` and `rangeKey`. */
function indexKeys(index: Plain): { AttributeName: string; KeyType: "HASH" | "RANGE" }[] {
  const listed = members(index, "keySchemas");
  if (listed.length > 0)
    return listed.map((key) => ({ AttributeName: text(key, "attributeName"), KeyType: key["keyType"] === "RANGE" ? "RANGE" : "HASH" }));
  return keySchema(text(index, "hashKey"), optionalText(index, "rangeKey"));
}

/** What CreateTable would be sent for this registration. */
export function createTableInput(name: string, inputs: Plain): CreateTableCommandInput {
  const indexes = members(inputs, "globalSecondaryIndexes").map((index) => ({
    IndexName: text(index, "name"),
    KeySchema: indexKeys(index),
    Projection: {
      ProjectionType: (optionalText(index, "projectionType") ?? "ALL") as "ALL" | "KEYS_ONLY" | "INCLUDE",
      ...(texts(index, "nonKeyAttributes").length > 0 ? { NonKeyAttributes: texts(index, "nonKeyAttributes") } : {}),
    },
  }));
  return {
    TableName: tableName(inputs, name),
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: members(inputs, "attributes").map((attribute) => ({
      AttributeName: text(attribute, "name"),
      AttributeType: text(attribute, "type") as "S" | "N" | "B",
    })),
    KeySchema: keySchema(text(inputs, "hashKey"), optionalText(inputs, "rangeKey")),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    ...(optionalFlag(inputs, "streamEnabled")
      ? {
          StreamSpecification: {
            StreamEnabled: true,
            StreamViewType: (optionalText(inputs, "streamViewType") ?? "NEW_AND_OLD_IMAGES") as "NEW_AND_OLD_IMAGES",
          },
        }
      : {}),
  };
}

async function createIn(
  context: RealizeContext,
  place: Place,
  input: CreateTableCommandInput,
  ttlAttribute: string | undefined,
): Promise<void> {
  const client = context.sdk(DynamoDBClient, place);
  await unlessThere(
    async () => {
      await client.send(new CreateTableCommand(input));
      if (ttlAttribute !== undefined) {
        await client.send(
          new UpdateTimeToLiveCommand({
            TableName: input.TableName,
            TimeToLiveSpecification: { Enabled: true, AttributeName: ttlAttribute },
          }),
        );
      }
    },
    async () => void (await client.send(new DescribeTableCommand({ TableName: input.TableName }))),
    "ResourceInUseException",
  );
}

export const dynamodb: RealizerTable = {
  [TABLE]: async (context, name, inputs) => {
    const input = createTableInput(name, inputs);
    const replicaRegions = members(inputs, "replicas").map((replica) => text(replica, "regionName"));
    const tableArn = (region: string): string => arn("dynamodb", region, `table/${input.TableName ?? name}`);
    if (!isStrong(inputs)) {
      const ttl = member(inputs, "ttl");
      const places = [context.place, ...context.places.filter((place) => replicaRegions.includes(place.region))];
      await Promise.all(
        places.map((place) =>
          createIn(context, place, input, optionalFlag(ttl, "enabled") ? optionalText(ttl, "attributeName") : undefined),
        ),
      );
    }
    return {
      id: input.TableName ?? name,
      state: {
        name: input.TableName,
        arn: tableArn(context.place.region),
        streamArn: optionalFlag(inputs, "streamEnabled") ? `${tableArn(context.place.region)}/stream/2025-01-01T00:00:00.000` : "",
        replicas: members(inputs, "replicas").map((replica) => ({ ...replica, arn: tableArn(text(replica, "regionName")) })),
      },
    };
  },
};
