/** Pulumi assets and archives as plain JSON, so that a registration can cross a process boundary and be realized again later. */
import { promises as fs } from "node:fs";
import * as path from "node:path";
import { isPlain, type Plain } from "./values";

/** `file`: a path; `text`: contents; `archive`: entries by name; `folder`: a directory or a ready ZIP file. */
export type PlainAsset =
  | { readonly file: string }
  | { readonly text: string }
  | { readonly archive: Readonly<Record<string, PlainAsset>> }
  | { readonly folder: string };

const MARK = "__asset";

export const markAsset = (asset: PlainAsset): Plain => ({ [MARK]: asset });

function marked(value: unknown): PlainAsset | undefined {
  if (!isPlain(value)) return undefined;
  return isPlain(value[MARK]) ? (value[MARK] as PlainAsset) : undefined;
}

/** Contents of a single-file asset. */
export async function readAsset(value: unknown): Promise<Buffer> {
  const asset = marked(value);
  if (asset !== undefined && "file" in asset) return await fs.readFile(asset.file);
  if (asset !== undefined && "text" in asset) return Buffer.from(asset.text, "utf8");
  throw new Error("expected a file or string asset");
}

/** Files of an archive; or the bytes of a ready ZIP file. */
export async function readArchive(value: unknown): Promise<ReadonlyMap<string, Buffer> | Buffer> {
  const asset = marked(value);
  if (asset === undefined) throw new Error("expected an archive");
  if ("folder" in asset && (await fs.stat(asset.folder)).isFile()) return await fs.readFile(asset.folder);
  const files = new Map<string, Buffer>();
  await collect(asset, "", files);
  return files;
}

async function collect(asset: PlainAsset, name: string, files: Map<string, Buffer>): Promise<void> {
  if ("file" in asset) files.set(name, await fs.readFile(asset.file));
  else if ("text" in asset) files.set(name, Buffer.from(asset.text, "utf8"));
  else if ("archive" in asset)
    for (const [entry, inner] of Object.entries(asset.archive)) await collect(inner, name === "" ? entry : `${name}/${entry}`, files);
  else {
    for (const entry of await fs.readdir(asset.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const full = path.join(entry.parentPath, entry.name);
      const relative = path.relative(asset.folder, full).split(path.sep).join("/");
      files.set(name === "" ? relative : `${name}/${relative}`, await fs.readFile(full));
    }
  }
}
