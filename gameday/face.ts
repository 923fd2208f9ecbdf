import { resolveCname } from "node:dns/promises";
import { sigV4aSigner } from "../client/signing/sigv4a";
import type { PublicFace } from "../lab/drill/face";
import type { Stack } from "../operate/stack";

/** The public name leads to a region's own domain of the API or load balancer; that name holds the region. */
export async function regionBehind(name: string, regions: readonly string[]): Promise<string | undefined> {
  if (name === "") return undefined;
  const targets = await resolveCname(name);
  return regions.find((region) => targets.some((target) => target.includes(region)));
}

/** How clients outside reach a deployed stack: its public name, or both endpoints. Signed with the credentials that are there, or with an API key. */
export function stackFace({ publicUrl, sites }: Stack, caller: string, apiKey: string | undefined): PublicFace {
  const regions = sites.map(({ region }) => region);
  const name = publicUrl === "" ? "" : new URL(publicUrl).hostname;
  const endpoint = ({ region, url }: Stack["sites"][0]): { region: string; url: string } => ({ region, url });
  return {
    name,
    caller,
    // Connections are kept as long as they work, as clients do: the name decides where the next one goes.
    resolver: () => ({
      resolve: async () => ({
        region: (await regionBehind(name, regions).catch(() => undefined)) ?? "",
        endpoint: publicUrl,
        path: (path) => path,
      }),
    }),
    endpoints: [endpoint(sites[0]), endpoint(sites[1])],
    ...(apiKey === undefined ? { sign: sigV4aSigner({ regions }) } : { apiKey }),
  };
}
