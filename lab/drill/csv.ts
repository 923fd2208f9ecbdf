import { parse } from "csv-parse/sync";
import { toUnits } from "./money";
import type { ReplayedTrade } from "./stream";

const COLUMNS = ["time", "symbol", "side", "quantity", "price"] as const;
type Column = (typeof COLUMNS)[number];

const TIME = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;
const SYMBOL = /^[A-Z][A-Z0-9.-]{0,11}$/;
const PRICE = /^\d+(\.\d{1,4}0*)?$/;
const MOST = 1_000_000_000;

/** A file that can't be replayed; the message names file, line and column. */
export class CsvError extends Error {
  override readonly name = "CsvError";
}

/** Reads trades to replay: columns time, symbol, side, quantity, price in any order, in the order of time. */
export function parseTrades(text: string, fileName: string): ReplayedTrade[] {
  const rows = split(text, fileName);
  const header = rows[0];
  if (header === undefined) throw new CsvError(`${fileName}: the file is empty; expected the columns ${COLUMNS.join(", ")}`);
  const at = columnPositions(header.cells, fileName);
  if (rows.length === 1) throw new CsvError(`${fileName}: no trades below the header`);
  let first: number | undefined;
  let previous = 0;
  return rows.slice(1).map(({ line, cells }) => {
    if (cells.length !== header.cells.length) {
      throw new CsvError(
        `${fileName} line ${line}: ${cells.length} columns, but the header has ${header.cells.length} (${header.cells.join(", ")})`,
      );
    }
    const cell = (column: Column): string => cells[at[column]] ?? "";
    const bad = (column: Column, allowed: string): CsvError =>
      new CsvError(`${fileName} line ${line}, column ${column}: "${cell(column)}" is not ${allowed}`);
    const ms = milliseconds(cell("time"));
    if (ms === undefined) throw bad("time", "a date and time like 2030-01-31T09:30:00.017");
    first ??= ms;
    const atMs = ms - first;
    if (atMs < previous) throw bad("time", "at or after the line before it; sort the file by time");
    previous = atMs;
    const side = cell("side");
    if (!SYMBOL.test(cell("symbol"))) throw bad("symbol", "1 to 12 of A-Z, 0-9, dot and dash, a letter first");
    if (side !== "buy" && side !== "sell") throw bad("side", "buy or sell");
    const quantity = /^\d{1,10}$/.test(cell("quantity")) ? Number(cell("quantity")) : 0;
    if (quantity < 1 || quantity > MOST) throw bad("quantity", "a whole number from 1 to 1000000000");
    const price = cell("price");
    if (!PRICE.test(price) || toUnits(price) === 0n || toUnits(price) > toUnits(String(MOST))) {
      throw bad("price", "a decimal above 0, with at most 4 places, up to 1000000000");
    }
    return { atMs, symbol: cell("symbol"), side, quantity, price };
  });
}

function columnPositions(header: readonly string[], fileName: string): Record<Column, number> {
  const names = header.map((name) => name.toLowerCase());
  const unknown = names.find((name) => !COLUMNS.includes(name as Column));
  if (unknown !== undefined) throw new CsvError(`${fileName} line 1: unknown column "${unknown}"; expected ${COLUMNS.join(", ")}`);
  const position = (column: Column): number => {
    const index = names.indexOf(column);
    if (index < 0) throw new CsvError(`${fileName} line 1: column "${column}" is missing; expected ${COLUMNS.join(", ")}`);
    if (names.lastIndexOf(column) !== index) throw new CsvError(`${fileName} line 1: column "${column}" is there twice`);
    return index;
  };
  return {
    time: position("time"),
    symbol: position("symbol"),
    side: position("side"),
    quantity: position("quantity"),
    price: position("price"),
  };
}

function split(text: string, fileName: string): { line: number; cells: string[] }[] {
  try {
    const records = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as {
      info: { lines: number };
      record: string[];
    }[];
    return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    throw new CsvError(
      `${fileName}${line === undefined ? "" : ` line ${line}`}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Milliseconds with their fraction; a time without a zone is read as UTC, as only distances matter. */
function milliseconds(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", zone = "Z"] = match;
  const seconds = Date.parse(`${whole.replace(" ", "T")}${zone}`);
  return Number.isNaN(seconds) ? undefined : seconds + Number(`0${fraction}`) * 1000;
}
