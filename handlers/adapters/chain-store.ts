import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Doubt, Head } from "../core/model";
import type { ChainStore } from "../ports";
import { unlessConditionFails } from "./table";

/** The head's item, in the lease's table and beside the lease: settlements write it all the time, and must not stand in the way of a renewal. */
export const LEDGER_HEAD = "ledger-head";

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
