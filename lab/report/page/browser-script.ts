import { buildSync } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A page's script as one text that may stand in a script element. */
export function browserScript(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "warning",
  });
  // A script element ends at the first such text, wherever it stands.
  return (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
}

export const plotStyle = (): string => readFileSync(join(__dirname, "../../../node_modules/uplot/dist/uPlot.min.css"), "utf8");
