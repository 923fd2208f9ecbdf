import { join } from "node:path";

interface Bundler {
  /** Writes `dist/handlers/<name>/index.mjs` for each handler; answers their names. */
  readonly bundleHandlers: () => Promise<string[]>;
  /** Writes `dist/service/index.mjs`; answers its path. */
  readonly bundleService: () => Promise<string>;
  /** Writes the program as one file; answers its path. */
  readonly bundleProgram: () => Promise<string>;
  /** Writes what runs the program for the tests; answers its path. */
  readonly bundleEvaluator: () => Promise<string>;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the same code serves Pulumi's loader, which is CommonJS
export const { bundleEvaluator, bundleHandlers, bundleProgram, bundleService } = require(join(__dirname, "bundle.cjs")) as Bundler;
