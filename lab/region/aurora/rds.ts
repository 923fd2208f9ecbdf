/**
 * A region's RDS endpoint: what of it concerns the global database. The state is the control plane's, which is no region's; a region that is cut
 * off can't reach it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Wiring } from "../../types";
import type { FrontConfig } from "../config";
import { answer, requestId } from "../request";
import type { Fault } from "../../../emulation/aurora/control-plane";
import type { GlobalView, MoveRequest, Registration } from "./model";
import { dbCluster, failure, globalCluster, success } from "./xml";

const CONTROL_PLANE_MS = 3_000;

class RdsFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface RdsService {
  readonly serve: (request: IncomingMessage, raw: Buffer, response: ServerResponse) => Promise<void>;
  wire(aurora: Wiring["aurora"]): Promise<void>;
  setPartition(cut: boolean): void;
  clusterIdentifier(): string;
  clusterArn(): string;
  /** What IAM knows the cluster by. */
  resourceId(): string;
}

/** RDS of one region. */
export function rdsService(config: Pick<FrontConfig, "region" | "controlPlanePort">): RdsService {
  let aurora: Wiring["aurora"] = { globalClusterId: "", clusterIdentifier: "", clusterArn: "", database: "" };
  let cut = false;

  const engine = (): string => String(aurora.settings?.["Engine"] ?? "");

  const ask = async <T>(path: string, body: unknown): Promise<T> => {
    let response: Response;
    try {
      if (cut) throw new Error("this region is cut off");
      response = await fetch(`http://127.0.0.1:${config.controlPlanePort}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(CONTROL_PLANE_MS),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new RdsFault(503, "ServiceUnavailable", `the global database's control plane can't be reached: ${why}`);
    }
    if (response.ok) return (await response.json()) as T;
    const { code, message } = (await response.json()) as Fault;
    throw new RdsFault(code.includes("NotFound") ? 404 : 400, code, message);
  };

  const found = async (globalClusterId: string | null): Promise<GlobalView> => {
    const view = await ask<GlobalView>("view", {});
    if (globalClusterId !== null && globalClusterId !== view.globalClusterId)
      throw new RdsFault(404, "GlobalClusterNotFoundFault", `Global cluster ${globalClusterId} not found`);
    return view;
  };

  const move = async (kind: MoveRequest["kind"], asked: URLSearchParams): Promise<string> => {
    await found(asked.get("GlobalClusterIdentifier"));
    const request: MoveRequest = { kind, calledIn: config.region, targetArn: asked.get("TargetDbClusterIdentifier") ?? "" };
    return `<GlobalCluster>${globalCluster(await ask<GlobalView>("move", request), engine())}</GlobalCluster>`;
  };

  const operations: Readonly<Record<string, (asked: URLSearchParams) => Promise<string>>> = {
    DescribeGlobalClusters: async (asked) => {
      const view = await found(asked.get("GlobalClusterIdentifier"));
      // The list's member has the same name as a member of the cluster: so it is on AWS.
      return `<GlobalClusters>${view.globalClusterId === "" ? "" : `<GlobalClusterMember>${globalCluster(view, engine())}</GlobalClusterMember>`}</GlobalClusters>`;
    },
    DescribeDBClusters: async (asked) => {
      const view = await ask<GlobalView>("view", {});
      const name = asked.get("DBClusterIdentifier");
      const own = view.members.filter(
        (member) => member.region === config.region && (name === null || name === member.clusterIdentifier || name === member.clusterArn),
      );
      if (name !== null && own.length === 0) throw new RdsFault(404, "DBClusterNotFoundFault", `DBCluster ${name} not found.`);
      return `<DBClusters>${own.map((member) => dbCluster(member, view, aurora.settings)).join("")}</DBClusters>`;
    },
    // AWS: without AllowDataLoss a failover is a switchover; both at once are refused.
    FailoverGlobalCluster: async (asked) => {
      const dataLoss = asked.get("AllowDataLoss") === "true";
      if (dataLoss && asked.get("Switchover") === "true")
        throw new RdsFault(400, "InvalidParameterCombination", "AllowDataLoss and Switchover can't both be true");
      return await move(dataLoss ? "failover" : "switchover", asked);
    },
    SwitchoverGlobalCluster: (asked) => move("switchover", asked),
  };

  return {
    serve: async (_request, raw, response) => {
      const asked = new URLSearchParams(raw.toString("utf8"));
      const action = asked.get("Action") ?? "";
      const id = requestId();
      const headers = { "content-type": "text/xml", "x-amzn-requestid": id };
      try {
        const operation = operations[action];
        if (operation === undefined) throw new RdsFault(400, "InvalidAction", `the lab's RDS has no ${action}`);
        answer(response, 200, success(action, await operation(asked), id), headers);
      } catch (error) {
        const { status, code, message } = error instanceof RdsFault ? error : new RdsFault(500, "InternalFailure", String(error));
        answer(response, status, failure(status, code, message, id), headers);
      }
    },
    wire: async (told) => {
      aurora = told;
      if (told.clusterArn === "" || told.globalClusterId === "") return;
      const { clusterIdentifier, clusterArn, globalClusterId } = told;
      const registration: Registration = { region: config.region, clusterIdentifier, clusterArn, globalClusterId };
      await ask("register", registration);
    },
    setPartition: (value) => {
      cut = value;
    },
    clusterIdentifier: () => aurora.clusterIdentifier,
    resourceId: () => aurora.resourceId ?? "",
    clusterArn: () => aurora.clusterArn,
  };
}
