import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { LEDGER_HEAD } from "../../contract/tables";
import type { CapabilityName } from "../../contract/environment";
import type { Doubt, Head } from "../core/model";
import type { ChainStore } from "../ports";
import type { Allowed, Environment } from "./environment";
import { unlessConditionFails } from "./table";

function headOf(item: Record<string, unknown> | undefined): Head | undefined {
  if (!item) return undefined;
  const doubt = item.doubt as Doubt | undefined;
  return {
    seq: item.linkSeq as number,
    id: item.linkId as string,
    epoch: item.epoch as number,
    base: item.baseSeq as number,
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** The head of the ledger's history in an MRSC table: each change is one conditional write, acknowledged by two of three regions. */
export function chainStore(client: DynamoDBDocumentClient, table: string, leaseId = LEDGER_HEAD): ChainStore {
  const key = { TableName: table, Key: { leaseId } };
  const update = async (UpdateExpression: string, ConditionExpression: string, ExpressionAttributeValues: Record<string, unknown>) =>
    (await unlessConditionFails(() =>
      client.send(new UpdateCommand({ ...key, UpdateExpression, ConditionExpression, ExpressionAttributeValues })),
    )) !== undefined;
  const put = ({ seq, id, epoch, base, doubt }: Head, condition: string, values: Record<string, unknown>) =>
    update(
      `SET linkSeq = :nextSeq, linkId = :nextId, epoch = :nextEpoch, baseSeq = :base${doubt === undefined ? " REMOVE doubt" : ", doubt = :doubt"}`,
      condition,
      {
        ...values,
        ":nextSeq": seq,
        ":nextId": id,
        ":nextEpoch": epoch,
        ":base": base,
        ...(doubt === undefined ? {} : { ":doubt": doubt }),
      },
    );
  // Numbers begin anew with a table that was lost; ids are random, and no two heads have the same.
  const still = "epoch = :epoch AND linkSeq = :seq AND linkId = :id";
  const as = ({ epoch, seq, id }: Head) => ({ ":epoch": epoch, ":seq": seq, ":id": id });

  return {
    read: async () => headOf((await client.send(new GetCommand({ ...key, ConsistentRead: true }))).Item),
    create: (head) => put(head, "attribute_not_exists(leaseId)", {}),
    replace: (from, to) => put(to, still, as(from)),
    advance: (from, { seq, id }) =>
      update("SET linkSeq = :nextSeq, linkId = :nextId", still, { ...as(from), ":nextSeq": seq, ":nextId": id }),
    doubt: (base, doubt) =>
      doubt === undefined
        ? update("REMOVE doubt", "baseSeq = :base", { ":base": base })
        : update("SET doubt = :doubt", "baseSeq = :base", { ":base": base, ":doubt": doubt }),
  };
}

type Change = "read" | "create" | "advance" | "replace" | "doubt";
interface Rights {
  readonly "ledger.head": Change;
}

export const ownChain = <N extends CapabilityName>(
  env: Environment<N> & { readonly LEASE_TABLE: string },
  client: DynamoDBDocumentClient,
): Allowed<ChainStore, Rights, N> => chainStore(client, env.LEASE_TABLE);
