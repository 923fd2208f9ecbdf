import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { sections } from "../../components/settings/schema";
import { register, type Program } from "../support/registrations";

const TEXT = readFileSync(join(__dirname, "../../docs/RUNBOOK.md"), "utf8");

/** Sections by their titles, which are their anchors. */
const text = new Map([...TEXT.matchAll(/^### (.+)\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)].map(([, title = "", text = ""]) => [title, text]));

describe("the runbook", function () {
  this.timeout(240_000);
  let resources: Program["resources"];

  before(async () => {
    const functions = await register("prod");
    const servers = await register("fargate", { "trade-failover:environmentSuffix": "prod" });
    resources = [...functions.resources, ...servers.resources];
  });

  it("has a section for each alarm, which the alarm names, and none without an alarm", () => {
    const inputs = resources.filter(({ type }) => /:(Metric|Composite)Alarm$/.test(type)).map((one) => one.inputs);
    const kinds = new Set<string>();
    for (const { name, alarmName, alarmDescription } of inputs) {
      const kind = /^trade-(?:primary|standby)-(.+)-prod$/.exec(String(name ?? alarmName))?.[1] ?? "";
      expect(alarmDescription, kind).to.match(new RegExp(`\\. Runbook: docs/RUNBOOK\\.md#${kind}$`));
      kinds.add(kind);
    }
    expect([...text.keys()]).to.have.members([...kinds]);
    for (const [kind, section] of text)
      expect(
        [...section.matchAll(/^\*\*(Means|Look|Do|Never)/gm)].map(([, part]) => part),
        kind,
      ).to.deep.equal(["Means", "Look", "Do", "Never"]);
  });

  it("speaks of the thresholds that the stack sets by their keys", async () => {
    const keys = sections()
      .flatMap(({ keys: declared }) => declared)
      .filter(({ name }) => name.startsWith("alarms."));
    // Each another value than by default, and another than all others: a threshold shows whose it is.
    const given = Object.fromEntries(
      keys.map(({ name }, n) => [name, name === "alarms.availabilityPercent" ? "99.5" : String((name.endsWith("Percent") ? 61 : 201) + n)]),
    );
    const changed = await register("prod", {
      "trade-failover:alarms": JSON.stringify(Object.fromEntries(Object.entries(given).map(([key, value]) => [key.slice(7), value]))),
    });
    const bound = new Set<string>();
    for (const { type, inputs } of changed.resources) {
      const kind = /^trade-primary-(.+)-prod$/.exec(String(inputs.name))?.[1] ?? "";
      if (!type.endsWith(":MetricAlarm") || kind === "" || kind.startsWith("availability")) continue;
      const key = Object.keys(given).find((one) => given[one] === String(inputs.threshold));
      if (key === undefined) continue;
      expect(text.get(kind), kind).to.contain(`\`${key}\``);
      bound.add(key);
    }
    expect([...bound, "alarms.availabilityPercent"]).to.have.members(Object.keys(given));
  });

  it("names in its commands only what is there", () => {
    const known = new Set(
      resources.flatMap(({ inputs }) => Object.values(inputs).flatMap((value) => (typeof value === "string" ? [value] : []))),
    );
    const loops = [...TEXT.matchAll(/for ([A-Z]) in ([a-z -]+); do([\s\S]*?)done/g)];
    const spelt = loops.reduce(
      (all, [loop, variable = "", words = "", body = ""]) =>
        all.replace(
          loop,
          words
            .split(" ")
            .map((word) => body.replaceAll(`$${variable}-`, `${word}-`))
            .join("\n"),
        ),
      TEXT,
    );
    const named = [...spelt.matchAll(/(?:\/aws\/[a-z/]+\/|\/trade-failover\/)?\btrade-[a-z$A-Z-]*\$SUFFIX/g)].map(([name]) =>
      name.replaceAll("$SITE", "primary").replaceAll("$SUFFIX", "prod"),
    );
    expect(named).to.have.length.above(50);
    for (const name of named) expect(known.has(name), name).to.equal(true);
  });
});
