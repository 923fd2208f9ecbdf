import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "../..");
const documents = spawnSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).stdout.split("\n").filter(Boolean);
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
/** Without what only looks like markdown. */
const prose = (text: string): string => text.replace(/^```[^]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");

/** Anchors as GitHub makes them of headings: lower case, no punctuation, dashes for spaces, a number where one comes again. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = text.replace(/^```[^]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
      const slug = plain.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

describe("the documents", () => {
  it("are there", () => {
    expect(documents).to.include.members(["README.md", "docs/RUNBOOK.md", "docs/TESTING.md", "docs/ARCHITECTURE.md", "docs/ADOPTING.md"]);
  });

  it("link to files, folders and headings that are there", () => {
    const broken = documents.flatMap((document) =>
      [...prose(textOf(document)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
        if (/^(https?|mailto):/.test(link)) return [];
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? document : join(dirname(document), path);
        if (!existsSync(join(root, target))) return [`${document}: ${link}: no such file`];
        return anchor === undefined || anchorsOf(textOf(target)).has(anchor) ? [] : [`${document}: ${link}: no such heading`];
      }),
    );
    expect(broken).to.deep.equal([]);
  });

  it("name npm commands that are there", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const unknown = documents.flatMap((document) =>
      [...textOf(document).matchAll(/npm run ([a-z-]+)/g)].flatMap(([, name = ""]) =>
        name in scripts ? [] : [`${document}: npm run ${name}`],
      ),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("name suites that are there", () => {
    const unknown = documents.flatMap((document) =>
      [...textOf(document).matchAll(/npm test -- ([a-z -]+)/g)].flatMap(([, names = ""]) =>
        names
          .trim()
          .split(/ +/)
          .filter((name) => !existsSync(join(root, "tests", name)) && !CHECKS.includes(name))
          .map((name) => `${document}: npm test -- ${name}`),
      ),
    );
    expect(unknown).to.deep.equal([]);
  });
});

/** Of `npm test`, that are no folder of tests. */
const CHECKS = ["types", "types-of-the-report", "types-of-the-live-page", "lint", "format", "architecture"];
