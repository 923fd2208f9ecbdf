import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { Parameters, PeerParameters } from "../ports";
import { isAwsError, limits } from "./clients";
import type { Environment } from "./environment";

/** Said in the description of a copy: a parameter has no other place that is written together with its value. */
const describe = (region: string, epoch: number): string => `Copied from ${region} under lease epoch ${epoch}`;
const MARK = /under lease epoch (\d+)$/;

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isAwsError(error, "ParameterNotFound")) return undefined;
    throw error;
  }
}

function reader(client: SSMClient): Pick<Parameters, "read"> {
  return {
    read: async (name) => {
      const answer = await unlessMissing(() => client.send(new GetParameterCommand({ Name: name, WithDecryption: true })));
      const { Type, Value } = answer?.Parameter ?? {};
      return Type === undefined || Value === undefined ? undefined : { type: Type, value: Value };
    },
  };
}

/** This region's parameters below the shared path. */
export function ownParameters({ SHARED_PARAMETERS: path }: Environment<"parameters.copy">): Parameters {
  const client = new SSMClient(limits(3_000));
  return {
    ...reader(client),
    names: async () => {
      const names: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new GetParametersByPathCommand({ Path: path, Recursive: true, NextToken }));
        for (const { Name } of page.Parameters ?? []) if (Name !== undefined) names.push(Name);
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      return names;
    },
  };
}

/** The other region's parameters; secure ones are encrypted there with its own key. */
export function peerParameters({ AWS_REGION: region, PEER_REGION, PEER_KEY_ARN }: Environment<"parameters.copy">): PeerParameters {
  const client = new SSMClient({ region: PEER_REGION, ...limits(3_000) });
  return {
    ...reader(client),
    copiedUnder: async (name) => {
      let description: string | undefined;
      let NextToken: string | undefined;
      // Oldest first: what the last version says is on the last page.
      do {
        const page = await unlessMissing(() => client.send(new GetParameterHistoryCommand({ Name: name, NextToken })));
        description = page?.Parameters?.at(-1)?.Description ?? (page?.Parameters?.length ? undefined : description);
        NextToken = page?.NextToken;
      } while (NextToken !== undefined);
      const [, epoch] = MARK.exec(description ?? "") ?? [];
      return epoch === undefined ? undefined : Number(epoch);
    },
    write: async (name, { type, value }, epoch) => {
      await client.send(
        new PutParameterCommand({
          Name: name,
          Type: type,
          Value: value,
          Overwrite: true,
          Description: describe(region, epoch),
          Tier: "Intelligent-Tiering",
          ...(type === "SecureString" ? { KeyId: PEER_KEY_ARN } : {}),
        }),
      );
    },
    remove: async (name) => {
      await unlessMissing(() => client.send(new DeleteParameterCommand({ Name: name })));
    },
  };
}
