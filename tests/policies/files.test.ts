import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { policies } from "../../policies/all";
import { isTaggable, TAGGED_SERVICES } from "../../policies/support/taggable";
import { COMPARABLE } from "../../policies/support/comparable";

const root = join(__dirname, "../..");
const provider = join(root, "node_modules/@pulumi/aws");

/** The declaration of a type in the installed provider. */
function declaration(type: string): string {
  const [, service = "", file = ""] = /^aws:(\w+)\/(\w+):/.exec(type) ?? [];
  const path = join(provider, service, `${file}.d.ts`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

describe("the pack's files", () => {
  for (const name of readdirSync(join(root, "policies/config"))) {
    it(`config/${name} configures policies and options that there are`, () => {
      const config = JSON.parse(readFileSync(join(root, "policies/config", name), "utf8")) as Record<string, unknown>;
      for (const [key, given] of Object.entries(config)) {
        if (key === "all") continue;
        const policy = policies.find((one) => one.name === key);
        expect(policy, key).to.not.be.undefined;
        const known = Object.keys(policy?.configSchema?.properties ?? {});
        expect([...known, "enforcementLevel"], key).to.include.members(Object.keys(given as object));
      }
    });
  }

  it("the list of taggable types is the installed provider's", () => {
    const wrong: string[] = [];
    for (const service of TAGGED_SERVICES) {
      for (const file of readdirSync(join(provider, service))) {
        if (!file.endsWith(".d.ts") || file.startsWith("get")) continue;
        const text = readFileSync(join(provider, service, file), "utf8");
        const name = /export declare class (\w+) extends pulumi\.CustomResource/.exec(text)?.[1];
        if (name === undefined) continue;
        const type = `aws:${service}/${file.slice(0, -5)}:${name}`;
        const takesTags = /^ {4}readonly tags: pulumi\.Output/m.test(text) && text.includes("tagsAll");
        if (takesTags !== isTaggable(type)) wrong.push(type);
      }
    }
    // An object has at most ten tags of its own, and default tags would use them up.
    expect(wrong).to.have.members([
      "aws:s3/bucketObject:BucketObject",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:s3/objectCopy:ObjectCopy",
    ]);
  });

  it("settings that are compared between regions are properties of their types", () => {
    const wrong = Object.entries(COMPARABLE).flatMap(([type, keys]) => {
      const text = declaration(type);
      return keys.filter((key) => !new RegExp(`readonly ${key}\\b`).test(text)).map((key) => `${type} ${key}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it("types that policies name are the provider's", () => {
    const sources = readdirSync(join(root, "policies"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const named = sources.flatMap((file) =>
      [...readFileSync(join(root, "policies", file), "utf8").matchAll(/"(aws:\w+\/\w+:\w+)"/g)].map((match) => match[1] ?? ""),
    );
    const unknown = [...new Set(named)].filter((type) => !declaration(type).includes("CustomResource"));
    expect(unknown).to.deep.equal([]);
  });

  it("the document tells every policy, its rule and its options", () => {
    const text = readFileSync(join(root, "docs/POLICIES.md"), "utf8").replaceAll("\\|", "|");
    for (const { name, severity, description, configSchema } of policies) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\` `)) ?? "";
      const padded = row.replace(/ +/g, " ");
      expect(padded, name).to.include(`| ${severity} | ${description} |`);
      for (const option of Object.keys(configSchema?.properties ?? {})) expect(padded, name).to.include(`\`${option}\``);
    }
  });
});
