import type { Registration } from "../diagram/graph";
import { byUse } from "./by-use";
import { PRICES_OF } from "./prices";
import { standing, type Line } from "./standing";

export interface PricedStack {
  readonly name: string;
  readonly registrations: readonly Registration[];
}

const money = (dollars: number): string => dollars.toFixed(2);
const total = (lines: readonly Line[]): string => money(lines.reduce((sum, { dollars }) => sum + dollars, 0));

const table = (heads: readonly [string, string, string], lines: readonly Line[]): string =>
  [
    `| ${heads.join(" | ")} |`,
    "| --- | ---: | ---: |",
    ...lines.map(({ what, count, dollars }) => `| ${what} | ${Number(count.toFixed(2))} | ${money(dollars)} |`),
    `| **Together** | | **${total(lines)}** |`,
  ].join("\n");

const isServed = ({ registrations }: PricedStack): boolean => registrations.some(({ type }) => type.startsWith("aws:lb/"));

/** The text of docs/COST.md, before it is formatted. */
export const costPage = (stacks: readonly PricedStack[]): string =>
  [
    "# Cost",
    `An estimate of what each stack costs a month, in US dollars, both regions together. It is made by \`npm run cost\` from what the program registers and from AWS's list prices of ${PRICES_OF} for us-east-1 (\`scripts/cost/prices.ts\`); a test holds it against both. Your contract, region and load differ: take it for the proportions.`,
    "| stack | standing, a month | a million trades |\n| --- | ---: | ---: |\n" +
      stacks.map((one) => `| \`${one.name}\` | ${total(standing(one.registrations))} | ${total(byUse(isServed(one)))} |`).join("\n"),
    "Standing is what is paid when nobody trades: a standby whose capacity stands is half of it. Serverless Aurora is counted at its least; at its most it costs `database.maxCapacity` over `database.minCapacity` times as much.",
    ...stacks.flatMap((one) => [`## ${one.name}`, table(["what stands", "how many", "$ a month"], standing(one.registrations))]),
    "## A million trades",
    "With functions:",
    table(["what is done", "times a trade", "$"], byUse(false)),
    "With servers:",
    table(["what is done", "times a trade", "$"], byUse(true)),
    "## What is not counted",
    "Data that is kept (tables, ledger, objects, backups, logs at rest), traffic between regions and to the internet, load-balancer capacity units, health checkers' requests, Performance Insights beyond its free days, Container Insights, traces, machines' transitions, and what a free tier gives.",
  ].join("\n\n") + "\n";
