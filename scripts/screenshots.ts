/**
 * `npm run screenshots [-- FOLDER]`: docs/pictures/, the pages as people see them. The report is that of FOLDER (default drill-report), from a drill
 * before; the live page is one of a lab of its own, in which a region is killed. Both say themselves when that was.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { someBrowser } from "../tests/support/browser";
import { liveLab } from "../tests/support/live-lab";

const PICTURES = join(__dirname, "../docs/pictures");
const VIEWPORT = { width: 1280, height: 900 };
/** A clone should not be slow because of pictures. */
const MOST_BYTES = 200_000;
const SCHEMES = ["light", "dark"] as const;

/** WebP, which playwright does not offer, by Chromium's own protocol. */
async function shoot(page: Page, name: string): Promise<void> {
  const chromium = await page.context().newCDPSession(page);
  const { data } = await chromium.send("Page.captureScreenshot", { format: "webp", quality: 80 });
  const file = join(PICTURES, `${name}.webp`);
  writeFileSync(file, Buffer.from(data, "base64"));
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes; allowed: at most ${MOST_BYTES}`);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}

async function inBothSchemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    // Charts are drawn anew in the scheme's colours.
    await page.waitForTimeout(1_500);
    await shoot(page, `${name}-${colorScheme}`);
  }
}

async function report(browser: Browser, folder: string): Promise<void> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  await page.locator(".charts canvas").first().waitFor();
  await inBothSchemes(page, "report");
  await page.emulateMedia({ colorScheme: "light", media: "print" });
  await page.waitForTimeout(1_500);
  await shoot(page, "report-print");
  await page.close();
}

async function live(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "screenshots-"));
  const lab = await liveLab(folder);
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(lab.address);
    const region = (name: string) => page.locator(`.region[data-region="${name}"]`);
    await region("us-east-1").getByText("ACTIVE, epoch 1").waitFor({ timeout: 120_000 });
    await page.getByRole("button", { name: "5 a second" }).click();
    await page.waitForTimeout(20_000);
    await region("us-east-1").getByRole("button", { name: "Kill", exact: true }).click();
    await region("us-east-2").getByText("writer, fence 2").waitFor({ timeout: 240_000 });
    await page.waitForTimeout(10_000);
    await inBothSchemes(page, "live");
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main([folder = "drill-report"]: readonly string[]): Promise<void> {
  const browser = await someBrowser();
  if (browser === undefined) throw new Error("there is no Chromium on this machine");
  mkdirSync(PICTURES, { recursive: true });
  try {
    await report(browser, resolve(folder));
    await live(browser);
  } finally {
    await browser.close();
  }
}

void main(process.argv.slice(2));
