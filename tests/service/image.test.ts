import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = join(__dirname, "../..");
const lines = readFileSync(join(ROOT, "service/Dockerfile"), "utf8")
  .split("\n")
  .filter((line) => /^[A-Z]+ /.test(line));
/** Of the stage that builds: what is copied from the repository. */
const copied = lines
  .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
  .flatMap((line) => line.slice("COPY ".length).trim().split(/\s+/).slice(0, -1));
const ignored = readFileSync(join(ROOT, "service/Dockerfile.dockerignore"), "utf8").split("\n").filter(Boolean);

/** What docker would do, as far as it goes without docker. */
describe("the service's image", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "service-image-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is made from files that are there and that the build is shown, and from no others", () => {
    expect(copied).to.include.members(["service", "handlers", "contract", "package-lock.json"]);
    for (const source of copied) expect(existsSync(join(ROOT, source)), source).to.equal(true);
    expect(ignored[0]).to.equal("*");
    expect(ignored.slice(1).map((line) => line.replace(/^!/, ""))).to.have.members(copied);
  });

  it("is built from these files alone, and holds a server that starts from its own folder", () => {
    const build = join(folder, "build");
    for (const source of copied) cpSync(join(ROOT, source), join(build, source), { recursive: true });
    // What `npm ci` installs there.
    symlinkSync(join(ROOT, "node_modules"), join(build, "node_modules"));
    const bundling = lines.find((line) => line.includes("scripts/bundle.ts"))?.replace(/^RUN node /, "") ?? "";
    const built = spawnSync(process.execPath, bundling.split(" "), { cwd: build, encoding: "utf8" });
    expect(built.status, built.stderr).to.equal(0);

    const image = join(folder, "image");
    cpSync(join(build, "dist/service"), image, { recursive: true });
    expect(lines.some((line) => line.startsWith("COPY --from=build /build/dist/service/ "))).to.equal(true);
    const [entry = ""] = JSON.parse(lines.find((line) => line.startsWith("CMD "))?.slice("CMD ".length) ?? "[]") as string[];
    expect(readdirSync(image)).to.include(entry);
    const { status, stdout } = spawnSync(process.execPath, [entry], { cwd: image, env: { AWS_REGION: "us-east-1" }, encoding: "utf8" });
    expect(status).to.equal(1);
    expect(stdout, "it comes as far as its own environment").to.contain("LEDGER_HOST is missing");
  });

  it("runs as nobody of importance, without a shell", () => {
    expect(lines.filter((line) => line.startsWith("FROM ")).at(-1)).to.match(/distroless.*:nonroot$/);
    expect(lines).to.include("USER nonroot");
  });
});
