import type { Idempotency } from './catalog/recorded-outcomes.js';

/** Who asks for a DDL, and on what terms. */
export interface Asker {
  /** Goes into the journal. */
  readonly actor: string;
  /** Ends the wait, not the DDL. */
  readonly signal?: AbortSignal;
  /** Asked again with it, the request gets the outcome it had. */
  readonly idempotency?: Idempotency | undefined;
  /** The version the record must still have when the DDL's turn comes; 0 when it must not exist. */
  readonly expectedVersion?: bigint | undefined;
}

/** A client's command without the word the facade adds. */
export type Request<Command> = Omit<Command, 'kind'>;
