import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "../..");

function trackedFiles(): string[] {
  return spawnSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).stdout.split("\n").filter(Boolean);
}

describe("the house rules", function () {
  this.timeout(240_000);

  it("versions are pinned exactly and the lock file names no registry", () => {
    for (const folder of [root, join(root, "bench/cdk"), join(root, "lab/setup/lambda-node")]) {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, Record<string, string>>;
      const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }).filter(
        ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
      );
      expect(loose).to.deep.equal([]);
      expect(readFileSync(join(folder, "package-lock.json"), "utf8")).to.not.match(/"resolved":/);
    }
  });

  it("no code is left unfinished", () => {
    const unfinished = trackedFiles()
      .filter((file) => /\.(ts|cjs|mjs)$/.test(file) && !file.startsWith("tests/repository/"))
      .filter((file) => /\b(TODO|FIXME|XXX|not implemented)\b/i.test(readFileSync(join(root, file), "utf8")));
    expect(unfinished).to.deep.equal([]);
  });
});
