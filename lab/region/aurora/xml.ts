/** RDS's answers in the Query protocol's XML. */
import { ACCOUNT } from "../../provision/context";
import type { GlobalView, MemberView } from "./model";

const NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/";

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign);
const tag = (name: string, value: string | number | boolean): string => `<${name}>${escaped(String(value))}</${name}>`;

export function dbCluster(
  { clusterIdentifier, clusterArn, status, writer }: MemberView,
  view: GlobalView,
  settings: Readonly<Record<string, string | number | boolean>> = {},
): string {
  const source = view.members.find((member) => member.writer)?.clusterArn ?? "";
  return [
    "<DBCluster>",
    tag("DBClusterIdentifier", clusterIdentifier),
    tag("DBClusterArn", clusterArn),
    tag("Status", status),
    tag("EngineMode", "provisioned"),
    tag("HttpEndpointEnabled", true),
    ...Object.entries(settings).map(([name, value]) => tag(name, value)),
    tag("GlobalClusterIdentifier", view.globalClusterId),
    // AWS names the source on a reading cluster only.
    writer ? "" : tag("ReplicationSourceIdentifier", source),
    "</DBCluster>",
  ].join("");
}

export function globalCluster(view: GlobalView, engine: string): string {
  const readers = view.members.filter((member) => !member.writer).map(({ clusterArn }) => tag("member", clusterArn));
  const members = view.members.map((member) =>
    [
      "<GlobalClusterMember>",
      tag("DBClusterArn", member.clusterArn),
      tag("IsWriter", member.writer),
      `<Readers>${member.writer ? readers.join("") : ""}</Readers>`,
      tag("GlobalWriteForwardingStatus", "disabled"),
      tag("SynchronizationStatus", member.connected ? "connected" : "pending-resync"),
      "</GlobalClusterMember>",
    ].join(""),
  );
  const { move } = view;
  return [
    tag("GlobalClusterIdentifier", view.globalClusterId),
    tag("GlobalClusterArn", `arn:aws:rds::${ACCOUNT}:global-cluster:${view.globalClusterId}`),
    tag("Status", view.status),
    tag("Engine", engine),
    `<GlobalClusterMembers>${members.join("")}</GlobalClusterMembers>`,
    ...(move === undefined
      ? []
      : [
          "<FailoverState>",
          tag("Status", move.kind),
          tag("FromDbClusterArn", move.from),
          tag("ToDbClusterArn", move.to),
          tag("IsDataLossAllowed", move.dataLoss),
          "</FailoverState>",
        ]),
  ].join("");
}

export const success = (action: string, result: string, id: string): string =>
  `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result><ResponseMetadata>${tag("RequestId", id)}</ResponseMetadata></${action}Response>`;

export const failure = (status: number, code: string, message: string, id: string): string =>
  `<ErrorResponse xmlns="${NAMESPACE}"><Error>${tag("Type", status >= 500 ? "Receiver" : "Sender")}${tag("Code", code)}${tag("Message", message)}</Error>${tag("RequestId", id)}</ErrorResponse>`;
