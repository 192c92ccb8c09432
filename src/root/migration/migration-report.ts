/** What a migration did; all zero and empty when the store is in today's layout already. */
export interface MigrationReport {
  /** Collections moved out of, or rewritten within, an older layout. */
  readonly collections: number;
  /** Aliases moved to the default database. */
  readonly aliases: number;
  /** Keys removed that held nothing but a tombstone. */
  readonly tombstones: number;
  /** Old keys removed because the object stands in today's layout already, which wins. */
  readonly superseded: readonly string[];
  /** Old alias keys removed because their collection does not exist or is being dropped. */
  readonly aliasesWithoutCollection: readonly string[];
  /** Keys left where they are and not loaded: the name of their collection means another one. */
  readonly skipped: readonly string[];
  /** Kind of a DDL of ≤ 2.1 that was committed and perhaps never announced. */
  readonly unannounced: string | undefined;
}

/** A report in the making. */
export class MigrationTally {
  collections = 0;
  aliases = 0;
  tombstones = 0;
  readonly superseded: string[] = [];
  readonly aliasesWithoutCollection: string[] = [];
  readonly skipped: string[] = [];
  unannounced: string | undefined;
}
