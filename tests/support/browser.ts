/** A real browser for tests of pages; there is none on every machine. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const ARGUMENTS = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Undefined where this machine has no Chromium. */
export async function someBrowser(): Promise<Browser | undefined> {
  if (CHROMIUM === undefined) return undefined;
  return await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: process.getuid?.() !== 0, args: ARGUMENTS });
}

/** A page that may be judged: those of the lab forbid scripts from elsewhere, and so the one that judges them. */
export const somePage = async (browser: Browser): Promise<Page> => await browser.newPage({ bypassCSP: true });

/** What keeps some people from using the page, each with the first place where it does. */
export async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const found = await page.evaluate("axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))");
  return found as string[];
}
