/** What is written down about a stack's configuration, made from its schema: Pulumi.yaml's declarations and docs/CONFIGURATION.md. */
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { stringify } from "yaml";
import { told } from "../../components/settings/key";
import { sections, type DeclaredKey } from "../../components/settings/schema";

/** Pulumi.yaml up to its declarations is written by hand. @param current the file as it is */
export async function pulumiYaml(current: string): Promise<string> {
  const head = current.slice(0, current.search(/^config:$/m));
  const config = Object.fromEntries(
    sections()
      .flatMap(({ keys }) => keys)
      // Pulumi can't declare a map.
      .filter(({ kind }) => kind !== "map")
      .map((key) => [key.name, { type: key.kind, ...defaultOf(key), description: description(key) }]),
  );
  return await pretty(head + stringify({ config }, { lineWidth: 0 }), "Pulumi.yaml");
}

function defaultOf({ kind, default: byDefault, required }: DeclaredKey): { default?: string | number | boolean } {
  if (required) return {};
  // Without a default a key would be required.
  if (byDefault === undefined) return { default: "" };
  return { default: kind === "integer" ? Number(byDefault) : kind === "boolean" ? byDefault === "true" : byDefault };
}

function description({ kind, allowed, what, required, onlyWith, secret }: DeclaredKey): string {
  const range = kind === "boolean" ? "" : `Allowed: ${allowed}.`;
  const only = onlyWith === undefined ? "" : `Only with ${told(onlyWith)}.`;
  return [what, range, required ? "Required." : "", only, secret ? "A secret." : ""].filter(Boolean).join(" ");
}

const INTRODUCTION = `# Configuration

The keys of a stack file, \`Pulumi.<stack>.yaml\`: \`trade-failover:KEY\`, grouped ones as objects (\`trade-failover:database: { maxCapacity: 2 }\`) or one by one (\`trade-failover:database.maxCapacity: 2\`). One error names all problems of a configuration, each with its key, its value and what is allowed. A key that has no effect beside the others is such a problem.

Each key is declared once, in \`components/settings/keys/\`. \`npm run generate\` writes this page and \`Pulumi.yaml\` from there.
`;

export async function configurationPage(): Promise<string> {
  const tables = sections().map(({ title, keys }) => {
    const rows = keys.map((key) => `| \`${key.name}\` | ${shown(key)} | ${key.what} | ${range(key)} |`);
    return `## ${title}\n\n| key | default | what | allowed |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return await pretty([INTRODUCTION, ...tables].join("\n"), "docs/CONFIGURATION.md");
}

const shown = ({ required, default: byDefault }: DeclaredKey): string =>
  required ? "required" : byDefault === undefined ? "(none)" : `\`${byDefault}\``;

const range = ({ allowed, onlyWith, secret }: DeclaredKey): string =>
  `${allowed}${onlyWith === undefined ? "" : `; only with \`${told(onlyWith)}\``}${secret ? "; set it with `--secret`" : ""}`.replaceAll(
    "|",
    "\\|",
  );

async function pretty(text: string, file: string): Promise<string> {
  const filepath = join(__dirname, "../..", file);
  return await format(text, { ...(await resolveConfig(filepath)), filepath });
}
