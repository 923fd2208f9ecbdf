/** The live page in a real browser, against real regions: what its buttons do, and whether everybody can use it. */
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { somePage, someBrowser, violations } from "../support/browser";
import { liveLab, type LiveLab } from "../support/live-lab";

describe("the live page in a browser", function () {
  this.timeout(600_000);
  let lab: LiveLab | undefined;
  let browser: Browser | undefined;
  let page: Page;
  let folder: string;

  before(async function () {
    browser = await someBrowser();
    // Without a browser on this machine there is nothing to see.
    if (browser === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "live-page-"));
    lab = await liveLab(folder);
    page = await somePage(browser);
    await page.goto(lab.address);
  });

  after(async () => {
    await browser?.close();
    await lab?.close();
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
