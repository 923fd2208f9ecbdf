/** Where the lab's inter-region replication hooks into a region's front. */
import type { Wiring } from "../types";

export interface ReplicationHooks {
  wire(wiring: Wiring): void | Promise<void>;
  /** True: the region is cut off from the others. */
  setPartition(cut: boolean): void;
  /** After a successful write of an object. */
  s3(change: { readonly method: string; readonly bucket: string; readonly key: string }): void;
  /** After a successful write to a table of the emulator; operation and request as in DynamoDB's API. */
  dynamodb(operation: string, request: Record<string, unknown>): void;
  close(): void | Promise<void>;
}
