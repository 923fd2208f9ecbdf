import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { CapabilityName } from "../../contract/environment";
import { LEASE, LEDGER_LEASE } from "../../contract/tables";
import type { Lease } from "../core/model";
import type { LeaseStore } from "../ports";
import type { Allowed, Environment } from "./environment";
import { unlessConditionFails } from "./table";

function leaseOf(item: Record<string, unknown> | undefined): Lease | undefined {
  if (!item) return undefined;
  const { holder, epoch, renewals, resignedEpoch, forcedEpoch, refrained } = item as unknown as Lease;
  return {
    holder,
    epoch,
    renewals,
    ...(resignedEpoch === undefined ? {} : { resignedEpoch }),
    ...(forcedEpoch === undefined ? {} : { forcedEpoch, refrained }),
  };
}

/** The lease in its MRSC table: each change is one conditional write, acknowledged by two of three regions. */
export function leaseStore(client: DynamoDBDocumentClient, table: string, leaseId = LEDGER_LEASE): LeaseStore {
  const key = { TableName: table, Key: { [LEASE.key]: leaseId } };
  const change = async (UpdateExpression: string, ConditionExpression: string, ExpressionAttributeValues: Record<string, unknown>) => {
    const answer = await unlessConditionFails(() =>
      client.send(new UpdateCommand({ ...key, UpdateExpression, ConditionExpression, ExpressionAttributeValues, ReturnValues: "ALL_NEW" })),
    );
    return leaseOf(answer?.Attributes);
  };
  const record = async (attribute: "resignedEpoch" | "promotionEpoch", holder: string, epoch: number) =>
    (await change(`SET ${attribute} = :epoch`, "holder = :holder AND epoch = :epoch", { ":holder": holder, ":epoch": epoch })) !==
    undefined;
  const read = async () => leaseOf((await client.send(new GetCommand({ ...key, ConsistentRead: true }))).Item);

  return {
    read,
    create: async (holder) => {
      const first: Lease = { holder, epoch: 1, renewals: 0 };
      const made = await unlessConditionFails(() =>
        client.send(
          new PutCommand({
            TableName: table,
            Item: { [LEASE.key]: leaseId, ...first },
            ConditionExpression: `attribute_not_exists(${LEASE.key})`,
          }),
        ),
      );
      if (made) return first;
      const existing = await read();
      if (!existing) throw new Error(`the lease ${leaseId} was there for the write and not for the read: try again`);
      return existing;
    },
    renew: (holder, epoch) =>
      change("SET renewals = renewals + :one REMOVE resignedEpoch", "holder = :holder AND epoch = :epoch", {
        ":one": 1,
        ":holder": holder,
        ":epoch": epoch,
      }),
    take: (holder, expectedEpoch, { renewals, forced = false } = {}) =>
      change(
        `SET holder = :holder, epoch = :next, renewals = :zero${forced ? ", forcedEpoch = :next, refrained = :zero" : ""}`,
        `epoch = :expected${renewals === undefined ? "" : " AND renewals = :renewals"}`,
        {
          ":holder": holder,
          ":next": expectedEpoch + 1,
          ":zero": 0,
          ":expected": expectedEpoch,
          ...(renewals === undefined ? {} : { ":renewals": renewals }),
        },
      ),
    refrain: async (epoch) =>
      (await change("SET refrained = refrained + :one", "epoch = :epoch AND forcedEpoch = :epoch", { ":one": 1, ":epoch": epoch })) !==
      undefined,
    resign: (holder, epoch) => record("resignedEpoch", holder, epoch),
    recordPromotion: (holder, epoch) => record("promotionEpoch", holder, epoch),
  };
}

interface Rights {
  readonly "lease.read": "read";
  readonly "lease.create": "read" | "create";
  readonly "lease.canary": "read" | "create" | "take";
  readonly "lease.change": "read" | "renew" | "take" | "refrain" | "resign" | "recordPromotion";
}

/**
 * The lease, as far as the function may read or change it. `leaseId`: readiness takes canary items of the same table, to show that a lease can be taken
 * without taking this one.
 */
export const ownLease = <N extends CapabilityName>(
  env: Environment<N> & { readonly LEASE_TABLE: string },
  client: DynamoDBDocumentClient,
  leaseId = LEDGER_LEASE,
): Allowed<LeaseStore, Rights, N> => leaseStore(client, env.LEASE_TABLE, leaseId);
