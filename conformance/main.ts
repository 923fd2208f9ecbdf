/** `npm run conformance -- --url URL`: does a firm's own service keep the platform's contract? */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { asking } from "./exchange";
import { conformance, type Finding } from "./run";

const USAGE = `npm run conformance -- --url URL [--header 'Name: value']… [--account ID] [--foreign-account ID]

  --url URL      where the service listens, such as http://127.0.0.1:8080
  --header H     what makes a caller known, such as 'x-api-key: …'; may be given several times
  --account ID   an account that this caller may trade for; conformance by default
  --foreign-account ID   an account that this caller may not trade for

It submits trades of one share of TEST: don't run it against production.`;

const MARKS = { kept: "✔", broken: "✘", skipped: "–" } as const;

function headersOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const colon = text.indexOf(":");
      if (colon < 1) throw new Error(`--header ${JSON.stringify(text)}; allowed: 'Name: value'`);
      return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
    }),
  );
}

function options() {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      header: { type: "string", multiple: true, default: [] },
      account: { type: "string", default: "conformance" },
      "foreign-account": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { url = "", account, "foreign-account": foreignAccount } = values;
  if (!/^https?:\/\/\S+$/.test(url))
    throw new Error(`--url ${JSON.stringify(url)}; allowed: an address that begins with http:// or https://`);
  for (const [option, id] of [
    ["--account", account],
    ["--foreign-account", foreignAccount],
  ] as const)
    if (id !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(id))
      throw new Error(`${option} ${JSON.stringify(id)}; allowed: 1 to 64 letters, digits, _ or -`);
  return { url, account, foreignAccount, headers: headersOf(values.header) };
}

const show = (finding: Finding): void =>
  console.log(`${MARKS[finding.result]} ${finding.rule}${finding.result === "kept" ? "" : `\n    ${finding.result}: ${finding.why}`}`);

/** 0: every rule is kept; 1: one is broken; 2: the command line is wrong. */
async function main(): Promise<number> {
  let given;
  try {
    given = options();
  } catch (error) {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (!given) {
    console.log(USAGE);
    return 0;
  }
  const subject = {
    ask: asking(given.url, given.headers),
    account: given.account,
    foreignAccount: given.foreignAccount,
    run: randomUUID(),
    authenticated: Object.keys(given.headers).length > 0,
    pause: (ms: number) => pause(ms),
  };
  const findings = await conformance(subject, show);
  const of = (result: Finding["result"]): number => findings.filter((finding) => finding.result === result).length;
  console.log(`\n${of("kept")} kept, ${of("broken")} broken, ${of("skipped")} skipped`);
  return of("broken") === 0 ? 0 : 1;
}

void main().then((code) => process.exit(code));
