/** The live page in a real browser, against real regions: what its buttons do, and whether everybody can use it. */
import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { somePage, someBrowser, violations } from "../support/browser";

const ROOT = join(__dirname, "../..");

/** Resolves with the page's address once the lab serves it. */
function addressOf(lab: ChildProcess): Promise<string> {
  let told = "";
  return new Promise((resolve, reject) => {
    lab.stdout?.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      const address = /open (http:\S+)/.exec(told)?.[1];
      if (address !== undefined) resolve(address);
    });
    lab.stderr?.on("data", (chunk: Buffer) => (told += chunk.toString()));
    lab.once("close", (code) => reject(new Error(`the lab ended with ${code}: ${told.slice(-3000)}`)));
  });
}

describe("the live page in a browser", function () {
  this.timeout(600_000);
  let lab: ChildProcess;
  let browser: Browser | undefined;
  let page: Page;
  let folder: string;

  before(async function () {
    browser = await someBrowser();
    // Without a browser on this machine there is nothing to see.
    if (browser === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "live-page-"));
    lab = spawn(process.execPath, ["--import", "tsx", "lab/main.ts", "--ui", "--plain", "--report-dir", folder], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const address = await addressOf(lab);
    page = await somePage(browser);
    await page.goto(address);
  });

  after(async () => {
    await browser?.close();
    if (lab !== undefined) {
      const ended = new Promise((resolve) => lab.once("close", resolve));
      lab.kill("SIGINT");
      await ended;
    }
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("shows both regions and which is active, and can be used by everybody", async () => {
    const primary = page.locator('.region[data-region="us-east-1"]');
    await primary.getByText("ACTIVE, epoch 1").waitFor({ timeout: 60_000 });
    expect(await page.locator('.region[data-region="us-east-2"] .role').textContent()).to.equal("passive");
    const alarm = primary.locator('[data-alarm="queue-age"]');
    await alarm.locator("summary").click();
    await alarm.getByText("Never", { exact: true }).waitFor();
    expect(await violations(page)).to.deep.equal([]);
  });

  it("kills a region by its button, and shows the other taking over, with no trade lost", async () => {
    await page.getByRole("button", { name: "5 a second" }).click();
    await page.waitForFunction("!/^(No|0) /.test(document.getElementById('totals').textContent)", undefined, { timeout: 60_000 });
    await page.locator('.region[data-region="us-east-1"]').getByRole("button", { name: "Kill", exact: true }).click();
    const standby = page.locator('.region[data-region="us-east-2"]');
    await page.locator('.region[data-region="us-east-1"] [data-alarm="site-down"].alarm').waitFor({ timeout: 30_000 });
    await standby.getByText("ACTIVE, epoch 2").waitFor({ timeout: 120_000 });
    await standby.getByText("writer, fence 2").waitFor({ timeout: 120_000 });
    await page.getByRole("button", { name: "Check every trade" }).click();
    const account = page.getByRole("log").getByText(/done: \d+ (trades )?(are )?accepted/);
    await account.waitFor({ timeout: 260_000 });
    expect(await account.textContent()).to.match(/accepted, 0 lost, 0 settled twice, 0 positions that differ/);
  });
});
