/** `npm run bundle`: dist/handlers/<name>/index.mjs, one a Lambda function, and dist/service/index.mjs, reproducible to the byte. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleHandlers, bundleService } from "./lib/bundle";

const root = join(__dirname, "..");

async function main(): Promise<void> {
  const handlers = (await bundleHandlers()).map((name) => ({ name, file: join(root, "dist", "handlers", name, "index.mjs") }));
  for (const { name, file } of [...handlers, { name: "service", file: await bundleService() }]) {
    const code = readFileSync(file);
    console.log(
      `${createHash("sha256").update(code).digest("hex").slice(0, 16)}  ${String(Math.ceil(code.length / 1024)).padStart(5)} KiB  ${name}`,
    );
  }
}

void main();
