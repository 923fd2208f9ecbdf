import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { parseSettings } from "../../components/settings/settings";
import { configurationPage, pulumiYaml } from "../../scripts/lib/configuration";

const read = (file: string): string => readFileSync(join(__dirname, "../..", file), "utf8");

interface Declared {
  readonly type: string;
  readonly default?: string | number | boolean;
  readonly description: string;
}

describe("the configuration", function () {
  this.timeout(60_000);

  it("is declared in Pulumi.yaml and described in docs/CONFIGURATION.md as `npm run generate` writes it", async () => {
    expect(await pulumiYaml(read("Pulumi.yaml")), "Pulumi.yaml").to.equal(read("Pulumi.yaml"));
    expect(await configurationPage(), "docs/CONFIGURATION.md").to.equal(read("docs/CONFIGURATION.md"));
  });

  it("has in Pulumi.yaml types that the engine takes, and defaults that are no problem where a stack file sets nothing else", () => {
    const declared = Object.entries((parse(read("Pulumi.yaml")) as { config: Record<string, Declared> }).config);
    for (const [key, { type, description, ...rest }] of declared) {
      expect(["string", "integer", "boolean"], key).to.include(type);
      expect(description, key).to.match(/\.$/);
      if (key !== "environmentSuffix") expect(rest, key).to.have.property("default");
    }
    const given = Object.fromEntries(declared.map(([key, { default: byDefault = "" }]) => [key, String(byDefault)]));
    expect(parseSettings({ ...given, environmentSuffix: "dev1" })).to.deep.equal(parseSettings({ environmentSuffix: "dev1" }));
  });
});
