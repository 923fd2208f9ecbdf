/** Lays a graph out by Graphviz and draws it as SVG, for light and dark pages alike. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import type { Edge, Graph, Node, Place, Relation } from "./graph";

const SHAPES: Readonly<Record<string, string>> = {
  "dynamodb/table:Table": "cylinder",
  "rds/cluster:Cluster": "cylinder",
  "s3/bucket:Bucket": "folder",
  "sqs/queue:Queue": "cds",
  "sfn/stateMachine:StateMachine": "component",
  "route53/healthCheck:HealthCheck": "diamond",
  "route53/record:Record": "note",
  clock: "plain",
  alarms: "plain",
};

const STYLES: Readonly<Record<Relation, string>> = { triggers: "solid", writes: "dotted", replicates: "bold", judges: "dashed" };

/** Colours by class, so that the page that shows the picture may be dark. */
const STYLE = `<style>
svg { color-scheme: light dark; }
text { fill: #1b1f24; font-family: system-ui, sans-serif; }
.node polygon, .node path, .node ellipse, .node polyline { fill: #f6f8fa; stroke: #57606a; }
.cluster polygon { fill: none; stroke: #8c959f; }
.triggers path { stroke: #57606a; } .triggers polygon { fill: #57606a; stroke: #57606a; }
.writes path { stroke: #17692f; } .writes polygon { fill: #17692f; stroke: #17692f; }
.replicates path { stroke: #0a5cc2; } .replicates polygon { fill: #0a5cc2; stroke: #0a5cc2; }
.judges path { stroke: #b3202c; } .judges polygon { fill: #b3202c; stroke: #b3202c; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.node polygon, .node path, .node ellipse, .node polyline { fill: #21262d; stroke: #9aa4af; }
.cluster polygon { stroke: #6e7681; }
.triggers path { stroke: #9aa4af; } .triggers polygon { fill: #9aa4af; stroke: #9aa4af; }
.writes path { stroke: #5bd173; } .writes polygon { fill: #5bd173; stroke: #5bd173; }
.replicates path { stroke: #6cb2ff; } .replicates polygon { fill: #6cb2ff; stroke: #6cb2ff; }
.judges path { stroke: #ff8a84; } .judges polygon { fill: #ff8a84; stroke: #ff8a84; }
}
</style>`;

export async function draw(graph: Graph, title: string, regions: Readonly<Record<Exclude<Place, "both">, string>>): Promise<string> {
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(dotOf(graph, title, regions), "svg");
  const body = svg.slice(svg.indexOf("<svg")).replace(/<!--.*?-->\n?/g, "");
  return `${body.replace(/(<svg[^>]*>)/, `$1\n<title>${quoted(title)}</title>\n${STYLE}`)}\n`;
}

function dotOf({ nodes, edges }: Graph, title: string, regions: Readonly<Record<Exclude<Place, "both">, string>>): string {
  const of = (place: Place): string =>
    nodes
      .filter((node) => node.place === place)
      .map(nodeOf)
      .join("\n");
  const cluster = (place: Exclude<Place, "both">): string =>
    `subgraph cluster_${place} { label="${place}: ${quoted(regions[place])}"; fontsize=14; margin=14;\n${of(place)}\n}`;
  return `digraph {
label="${quoted(title)}\\nsolid: triggers, dotted: writes to, bold: replicates to, dashed: judges"; labelloc=b; fontsize=12;
rankdir=TB; nodesep=0.14; ranksep=0.6; bgcolor=transparent; newrank=true;
node [fontsize=11, shape=box, style="rounded,filled", margin="0.1,0.05"];
edge [fontsize=9, arrowsize=0.6];
${of("both")}
${cluster("primary")}
${cluster("standby")}
${edges.map(edgeOf).join("\n")}
}`;
}

const nodeOf = ({ key, kind, label }: Node): string =>
  `"${quoted(key)}" [label="${quoted(label)}", shape=${SHAPES[kind] ?? "box"}${SHAPES[kind] === undefined ? "" : ", style=filled"}];`;

/** The name stands first, then what judges it, then what is judged. What only copies or looks across pulls nothing out of its place. */
function edgeOf({ from, to, relation, label }: Edge): string {
  const told = label === "" ? "" : `, label="${quoted(label)}"`;
  const style = `class=${relation}, style=${STYLES[relation]}${told}`;
  if (relation === "judges" && to.startsWith("global-public")) return `"${quoted(to)}" -> "${quoted(from)}" [${style}, dir=back];`;
  const loose = relation === "replicates" || (relation === "judges" && from.includes("sentinel"));
  return `"${quoted(from)}" -> "${quoted(to)}" [${style}${loose ? ", constraint=false" : ""}];`;
}

const quoted = (text: string): string => text.replace(/[\\"]/g, "\\$&").replace(/[<>&]/g, " ");
