/** The report as people see it: in a real browser, by those who were not there and by those who see or point differently. */
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { check } from "../../../lab/drill/check";
import { judge, type Evidence } from "../../../lab/report/judge";
import { verdictOf, type ScenarioReport } from "../../../lab/report/model";
import { provenance } from "../../../lab/report/provenance";
import { writeReport } from "../../../lab/report/write";
import { somePage, someBrowser, violations } from "../../support/browser";
import { evidence, TIMELINE } from "../../support/drill-evidence";

const scenario = (name: string, change: Partial<Evidence> = {}): ScenarioReport => ({
  name,
  fault: "Every process was killed.",
  timeline: TIMELINE,
  ...judge(evidence(change)),
});

/** A ledger that lacks a trade for which a client saw a 202. */
function broken(): Partial<Evidence> {
  const { records, ledger } = evidence();
  const short = { ...ledger, trades: ledger.trades.slice(1) };
  return { ledger: short, checked: check(records, short) };
}

describe("the report in a browser", function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let page: Page;
  let folder: string;

  before(async function () {
    browser = await someBrowser();
    // Without a browser on this machine there is nothing to see.
    if (browser === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "report-page-"));
    const scenarios = [scenario("whole"), scenario("lossy", broken()), scenario("idle", { withoutEffect: "the region still answers" })];
    const { html } = writeReport(folder, {
      schema: 2,
      ...provenance(0, { seed: 1 }),
      topology: "lambda",
      engine: "none",
      verdict: verdictOf(scenarios),
      scenarios,
      simulated: ["everything"],
    });
    page = await somePage(browser);
    await page.goto(pathToFileURL(html).href);
    await page.locator(".charts canvas").first().waitFor();
  });
  after(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  for (const [what, media] of [
    ["in the light", { colorScheme: "light", media: "screen" }],
    ["in the dark", { colorScheme: "dark", media: "screen" }],
    ["in print", { colorScheme: "light", media: "print" }],
  ] as const) {
    it(`can be used by everybody ${what}`, async () => {
      await page.emulateMedia(media);
      expect(await violations(page)).to.deep.equal([]);
    });
  }

  it("shows a loss in red, and names the trade", async () => {
    await page.emulateMedia({ colorScheme: "light", media: "screen" });
    const verdict = page.locator("#lossy span");
    expect(await verdict.textContent()).to.equal("FAILED");
    const color = String(await page.evaluate("getComputedStyle(document.querySelector('#lossy span')).color"));
    const [red = 0, green = 0, blue = 0] = [...color.matchAll(/\d+/g)].map(Number);
    expect(red).to.be.greaterThan(2 * Math.max(green, blue));
    const section = page.locator("section", { has: page.locator("#lossy") });
    expect(await section.getByText("k0", { exact: true }).count()).to.be.greaterThan(0);
    expect(await page.locator("h1 span").textContent()).to.equal("FAILED");
  });

  it("says that nothing was proven where the fault had no effect", async () => {
    expect(await page.locator("#idle span").textContent()).to.equal("INCONCLUSIVE");
    expect(await page.getByText("the region still answers").isVisible()).to.equal(true);
  });

  it("prints everything, what is folded on the screen included", async () => {
    await page.emulateMedia({ media: "print" });
    await page.locator("details table").first().waitFor({ state: "visible", timeout: 5_000 });
    await page.emulateMedia({ media: "screen" });
    await page.locator("details table").first().waitFor({ state: "hidden", timeout: 5_000 });
  });
});
