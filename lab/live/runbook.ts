import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escaped } from "../report/page/html";

const RUNBOOK = join(__dirname, "../../docs/RUNBOOK.md");

/** An alarm's section of the runbook as HTML. @throws when it has none */
export function runbookSection(name: string, text = readFileSync(RUNBOOK, "utf8")): string {
  const [, section] = new RegExp(`^### ${name}\\n([^]*?)(?=^##|(?![^]))`, "m").exec(text) ?? [];
  if (section === undefined) throw new Error(`docs/RUNBOOK.md has no section ${name}`);
  return section
    .split(/^```(?:bash)?\n([^]*?)^```$/m)
    .map((part, index) =>
      index % 2 === 1 ? `<pre tabindex="0" role="region" aria-label="commands">${escaped(part)}</pre>` : paragraphs(part),
    )
    .join("");
}

/** Bold, code and links; the runbook uses no more in an alarm's section. A link's text stays, its target is another part of the runbook. */
const paragraphs = (markdown: string): string =>
  markdown
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .map(
      (paragraph) =>
        `<p>${escaped(paragraph)
          .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
          .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
          .replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`,
    )
    .join("");
