import { expect } from "chai";
import { UsageError, helpText, parseOptions } from "../../../lab/drill/options";

const KNOWN = ["crash", "graceful", "hang", "partition"];
const DEFAULT = ["crash", "graceful", "hang"];
const STACKS = ["dev", "prod"];
const parse = (...argv: string[]) => parseOptions(argv, KNOWN, DEFAULT, STACKS);

describe("the drill's command line", () => {
  it("has the defaults that the help names", () => {
    expect(parse()).to.include({ seconds: 60, rate: 20, clients: 8, speed: 1, keep: false, reportDir: "drill-report", seed: 1 });
    expect(parse().scenarios).to.deep.equal(DEFAULT);
    expect([parse(), parse("--stack", "prod")].map(({ stack }) => stack)).to.deep.equal(["dev", "prod"]);
    expect(parse("--short").scenarios).to.deep.equal(["crash"]);
    expect(parse("--short", "--scenario", "hang").scenarios).to.deep.equal(["hang"]);
  });

  it("takes scenarios one by one or as a list", () => {
    expect(parse("--scenario", "hang", "--scenario=crash,partition").scenarios).to.deep.equal(["hang", "crash", "partition"]);
  });

  const bad: readonly [string[], string][] = [
    [["--scenarios", "crash"], "--scenarios"],
    [["crash"], "crash"],
    [["--scenario", "flood"], 'unknown scenario "flood"; allowed: crash, graceful, hang, partition'],
    [["--scenario", "crash,"], 'unknown scenario ""'],
    [["--scenario", "crash,crash"], "twice"],
    [["--seconds", "0"], '--seconds "0"'],
    [["--seconds", "1e3"], '--seconds "1e3"'],
    [["--rate", "x"], '--rate "x"'],
    [["--clients", "1.5"], '--clients "1.5"'],
    [["--clients", "65"], "1 to 64"],
    [["--port", "80"], '--port "80"'],
    [["--port", "40000"], "1024 to 32751"],
    [["--speed", "2"], "--speed needs --input"],
    [["--minutes", "2"], "--minutes needs --input"],
    [["--input", "f.csv", "--rate", "5"], "--rate does not go with --input"],
    [["--seed", "-1"], "seed"],
    [["--config", "x"], '"x" is not KEY=VALUE'],
    [["--stack", "production"], '--stack "production" has no stack file Pulumi.production.yaml; there are: dev, prod'],
    [["--keep=yes"], "--keep"],
  ];
  for (const [argv, message] of bad) {
    it(`refuses ${argv.join(" ")} by name`, () => {
      expect(() => parse(...argv))
        .to.throw(UsageError)
        .with.property("message")
        .that.includes(message);
    });
  }

  it("lists every flag and scenario in the help", () => {
    const text = helpText(
      KNOWN.map((name) => ({ name, summary: `does ${name}`, byDefault: DEFAULT.includes(name) })),
      STACKS,
    );
    for (const word of ["--stack", "--input", "--speed", "--keep", "--port", "--report-dir", "does hang", "not in the default run"])
      expect(text).to.include(word);
  });
});
