/** Hears of the DDL that clients ask for. Its methods return at once and never throw. */
export interface DdlObserver {
  /** Somebody asked for it; `outcome` settles with the answer. @param operation e.g. `createCollection`. */
  asked(operation: string, outcome: Promise<unknown>): void;
  /** Its turn came after so long. What is answered without a turn of its own is not told here. */
  begun(operation: string, waitedMs: number): void;
}
