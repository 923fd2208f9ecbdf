/** `npm run bundle`: dist/handlers/<name>/index.mjs, one a Lambda function, reproducible to the byte. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleHandlers } from "./lib/bundle";

async function main(): Promise<void> {
  for (const name of await bundleHandlers()) {
    const code = readFileSync(join(__dirname, "..", "dist", "handlers", name, "index.mjs"));
    console.log(
      `${createHash("sha256").update(code).digest("hex").slice(0, 16)}  ${String(Math.ceil(code.length / 1024)).padStart(5)} KiB  ${name}`,
    );
  }
}

void main();
