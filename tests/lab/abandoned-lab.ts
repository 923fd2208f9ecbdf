/** A lab whose process is killed without a chance to clean up: prints its processes, then waits. One of its regions is stopped. */
import { somePair } from "../support/lab-pair";

async function main(): Promise<void> {
  const pair = await somePair({ directory: process.argv[2] });
  await pair.start();
  const pids = (await Promise.all(pair.regions.map((region) => region.processes()))).flat();
  await pair.regions[0].freeze();
  console.log(JSON.stringify(pids));
  setInterval(() => undefined, 1_000);
}

void main();
