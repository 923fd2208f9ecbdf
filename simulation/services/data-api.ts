import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";
import type { LedgerCopy } from "./ledger-copy";

export interface DataInput {
  readonly transactionId?: string;
  readonly sql?: string;
  readonly parameters?: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly value: { readonly longValue?: number; readonly stringValue?: string };
}

const valuesOf = (parameters: readonly Parameter[]): Map<string, string | number> =>
  new Map(parameters.map(({ name, value }) => [name, value.longValue ?? value.stringValue ?? ""]));

/** The RDS Data API on a copy that takes writes. */
export function serveData(copy: LedgerCopy, operation: string, input: DataInput, to: Region, kernel: Kernel): unknown {
  if (operation === "BeginTransaction") return { transactionId: copy.begin() };
  const id = input.transactionId ?? "";
  if (operation === "RollbackTransaction") return copy.rollback(id);
  const mayBeUnknown = (): void => {
    if (to.ambiguous === 0 || !kernel.random.chance(to.ambiguous)) return;
    kernel.strike("answer-unknown");
    throw new ServiceError("InternalServerErrorException", "the outcome of the commit is not known");
  };
  if (operation === "ExecuteStatement") {
    if (input.sql === "SELECT 1") return { records: [] };
    const values = valuesOf(input.parameters ?? []);
    if (input.transactionId !== undefined) return { records: copy.execute(id, input.sql ?? "", values) };
    const { records, wrote } = copy.alone(input.sql ?? "", values);
    if (wrote) mayBeUnknown();
    return { records };
  }
  copy.commit(id);
  mayBeUnknown();
  return { transactionStatus: "Transaction Committed" };
}
