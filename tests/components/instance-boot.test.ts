import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { bootScript } from "../../components/site/servers/instances/boot";

const BOOT = {
  region: "us-east-1",
  environment: { PORT: "8080", GREETING: 'say "hi" \\ bye $HOME `id`' },
  bundle: { bucket: "trade-assets", key: "service/abc/index.mjs", sha256: "a".repeat(64) },
  logGroup: "/aws/ec2/trade-primary-service-test",
};

/** What a file that the script writes holds. */
function written(script: string, path: string): string {
  const [, text] = new RegExp(`cat > ${path.replaceAll(".", "[.]")} <<'END_OF_FILE'\\n([^]*?)\\nEND_OF_FILE`).exec(script) ?? [];
  if (text === undefined) throw new Error(`the script writes no ${path}`);
  return text;
}

describe("what an instance does when it starts", () => {
  const script = bootScript(BOOT);
  const unit = written(script, "/etc/systemd/system/trade-service.service");

  it("is a script that bash reads, small enough for EC2", () => {
    const read = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect(read.stderr).to.equal("");
    expect(read.status).to.equal(0);
    // EC2 takes 16 KB before base64; the service's variables come to some 3 KB more.
    expect(Buffer.byteLength(script)).to.be.below(8_000);
  });

  it("stops at the first step that fails, and runs no code but that which it was told the digest of", () => {
    expect(script).to.match(/^#!\/bin\/bash\nset -euo pipefail\n/);
    const steps = [
      "s3api get-object",
      `${"a".repeat(64)}  /opt/trade-service/index.mjs" | sha256sum --check --strict`,
      "enable --now trade-service",
    ];
    const places = steps.map((step) => script.indexOf(step));
    expect(places).to.not.include(-1);
    expect([...places].sort((one, other) => one - other)).to.deep.equal(places);
  });

  it("runs the service as a user of its own that may write nowhere and gain nothing", () => {
    for (const line of [
      "User=trade-service",
      "NoNewPrivileges=yes",
      "ProtectSystem=strict",
      "ProtectHome=yes",
      "PrivateTmp=yes",
      "PrivateDevices=yes",
      "CapabilityBoundingSet=",
      "RestrictNamespaces=yes",
      "SystemCallFilter=@system-service",
      "UMask=0077",
    ])
      expect(unit.split("\n"), line).to.include(line);
    expect(script).to.match(/useradd --system .*--shell \/sbin\/nologin trade-service/);
  });

  it("comes back whatever ends it, and is given the time that it drains in", () => {
    expect(unit).to.contain("Restart=always").and.to.contain("StartLimitIntervalSec=0").and.to.contain("TimeoutStopSec=30");
    expect(unit).to.contain("ExecStart=/usr/bin/node-22 /opt/trade-service/index.mjs");
  });

  it("tells the service its variables as they are, whatever they hold, and none of two lines", () => {
    expect(written(script, "/etc/trade-service/environment").split("\n")).to.deep.equal([
      'GREETING="say \\"hi\\" \\\\ bye $HOME `id`"',
      'PORT="8080"',
    ]);
    expect(() => bootScript({ ...BOOT, environment: { TWO: "a\nb" } })).to.throw("environment variable TWO");
  });

  it("sends the log to the group of the region, a stream for each instance", () => {
    const { logs } = JSON.parse(written(script, "/opt/aws/amazon-cloudwatch-agent/etc/trade-service.json")) as {
      logs: { logs_collected: { files: { collect_list: unknown[] } } };
    };
    expect(logs.logs_collected.files.collect_list).to.deep.equal([
      { file_path: "/var/log/trade-service/service.log", log_group_name: BOOT.logGroup, log_stream_name: "{instance_id}" },
    ]);
    for (const output of ["StandardOutput", "StandardError"])
      expect(unit).to.contain(`${output}=append:/var/log/trade-service/service.log`);
  });
});
