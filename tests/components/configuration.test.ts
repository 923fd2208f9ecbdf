import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { parseSettings } from "../../components/settings/settings";

const read = (file: string): string => readFileSync(join(__dirname, "../..", file), "utf8");

interface Declared {
  readonly type: string;
  readonly default?: string | number | boolean;
  readonly description: string;
}

/** Every key that the program knows: it names them all to who sets another one. */
function known(): string[] {
  try {
    parseSettings({ environmentSuffix: "dev1", noSuchKey: "x" });
  } catch (error) {
    return (/there are: (.*)$/m.exec((error as Error).message)?.[1] ?? "").split(", ");
  }
  return [];
}

describe("the configuration", () => {
  const declared = (parse(read("Pulumi.yaml")) as { config: Record<string, Declared> }).config;
  const rows = new Map(
    [...read("README.md").matchAll(/^\| `([a-zA-Z.]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, key = "", byDefault = "", what = ""]) => [
      key,
      { byDefault, what },
    ]),
  );

  it("is declared in Pulumi.yaml, key for key, with type, default and description", () => {
    // A map can't be declared: Pulumi knows texts, numbers, flags and lists.
    expect(Object.keys(declared)).to.have.members(known().filter((key) => key !== "tags"));
    for (const [key, { type, description, ...rest }] of Object.entries(declared)) {
      expect(["string", "integer", "boolean"], key).to.include(type);
      expect(description, key).to.match(/\.$/);
      if (key !== "environmentSuffix") expect(rest, key).to.have.property("default");
    }
  });

  it("is in the README's table, with the same words and defaults", () => {
    for (const key of known()) {
      const row = rows.get(key);
      expect(row, key).to.not.equal(undefined);
      const { default: byDefault, description } = declared[key] ?? {};
      if (description !== undefined) expect(row?.what, key).to.equal(description);
      if (byDefault !== undefined) expect(row?.byDefault, key).to.equal(byDefault === "" ? "(none)" : `\`${String(byDefault)}\``);
    }
  });

  it("has in Pulumi.yaml the defaults that the program has without it", () => {
    const given = Object.fromEntries(
      Object.entries(declared).flatMap(([key, { default: byDefault }]) =>
        byDefault === undefined || byDefault === "" ? [] : [[key, String(byDefault)]],
      ),
    );
    expect(parseSettings({ ...given, environmentSuffix: "dev1" })).to.deep.equal(parseSettings({ environmentSuffix: "dev1" }));
  });
});
