/**
 * Every way a request can fail, one row each: merr code, text, legacy `ErrorCode`, whether asking
 * again may help, and whether the caller's input is at fault (facts/wire/merr-codes).
 */
interface ErrorSpec {
  readonly code: number;
  readonly text: string;
  readonly legacy: number;
  readonly retriable: boolean;
  readonly input: boolean;
}

const row = (
  code: number,
  text: string,
  { legacy = 1, retriable = false, input = false }: Partial<ErrorSpec> = {},
): ErrorSpec => ({ code, text, legacy, retriable, input });

const rows = {
  ServiceNotReady: row(1, 'service not ready', { legacy: 56, retriable: true }),
  ServiceUnavailable: row(2, 'service unavailable', { retriable: true }),
  TooManyRequests: row(4, 'too many concurrent requests, queue is full', { retriable: true }),
  ServiceInternal: row(5, 'service internal error'),
  RateLimited: row(8, 'rate limit exceeded', { legacy: 49, retriable: true }),
  QuotaExceeded: row(9, 'quota exceeded', { legacy: 48 }),
  ServiceUnimplemented: row(10, 'service unimplemented'),
  CollectionNotFound: row(100, 'collection not found', { legacy: 4, input: true }),
  CollectionNotLoaded: row(101, 'collection not loaded'),
  CollectionLimitExceeded: row(102, 'exceeded the limit number of collections', { input: true }),
  CollectionLoaded: row(104, 'collection already loaded', { input: true }),
  IllegalSchema: row(105, 'illegal collection schema', { input: true }),
  VectorClusteringKeyNotAllowed: row(107, 'vector clustering key not allowed', { input: true }),
  PartitionNotFound: row(200, 'partition not found', { legacy: 15, input: true }),
  PartitionNotLoaded: row(201, 'partition not loaded'),
  GeneralCapacityExceeded: row(250, 'general capacity exceeded'),
  ResourceGroupNotFound: row(300, 'resource group not found', { input: true }),
  ResourceGroupNodeNotEnough: row(304, 'resource group node not enough'),
  ChannelNotFound: row(500, 'channel not found'),
  IndexNotFound: row(700, 'index not found', { legacy: 25, input: true }),
  IndexNotSupported: row(701, 'index type not supported'),
  IndexDuplicate: row(702, 'index duplicates', { input: true }),
  DatabaseNotFound: row(800, 'database not found', { input: true }),
  DatabaseLimitExceeded: row(801, 'exceeded the limit number of database', { input: true }),
  DatabaseInvalidName: row(802, 'invalid database name', { input: true }),
  NodeNotFound: row(901, 'node not found'),
  NodeLack: row(903, 'node lacks'),
  MetaStoreUnavailable: row(1001, 'IO failed', { retriable: true }),
  ParameterInvalid: row(1100, 'invalid parameter', { legacy: 5, input: true }),
  /** A change that is no longer kept, or has not happened yet; only the control service says it. */
  SequenceOutOfRange: row(1100, 'sequence out of range', { legacy: 5, input: true }),
  ParameterMissing: row(1101, 'missing parameter', { legacy: 5, input: true }),
  ParameterTooLarge: row(1102, 'parameter too large', { legacy: 5, input: true }),
  MessageChannelNotFound: row(1300, 'topic not found'),
  MessageStreamUnavailable: row(1302, 'message queue internal error', { retriable: true }),
  AliasNotFound: row(1600, 'alias not found', { input: true }),
  AliasCollectionNameConflict: row(1601, 'alias and collection name conflict'),
  AliasAlreadyExists: row(1602, 'alias already exist'),
  AliasCollectionIdNotFound: row(1603, 'collection id of alias not found'),
  FieldNotFound: row(1700, 'field not found', { input: true }),
  FieldInvalidName: row(1701, 'field name invalid'),
  Cancelled: row(10000, 'context canceled'),
  TimedOut: row(10001, 'context deadline exceeded'),
  /** The record has another version than the caller expected; legacy DDRequestRace. */
  RecordMovedOn: row(65535, 'record moved on', { legacy: 1000 }),
  /** The messages from there on are no longer kept, or were never written. */
  PositionNotRetained: row(65535, 'position not retained'),
  /** Reports are listened to from the next one on; only UpdateChannelTimeTick says it. */
  SessionReturning: row(65535, 'session is taken up again', { retriable: true }),
  Unexpected: row(65535, 'unexpected error'),
} as const satisfies Record<string, ErrorSpec>;

export type ErrorName = keyof typeof rows;

/** Whether a word from a store names a row of the table; another release may have had others. */
export const isErrorName = (word: string): word is ErrorName => Object.hasOwn(rows, word);

/** Rows of one code are told apart by us alone; another server means the first of them. */
const kinds = new Map<number, ErrorName>(
  Object.entries(rows)
    .toReversed()
    .flatMap(([name, { code }]) => (isErrorName(name) ? [[code, name]] : [])),
).set(rows.Unexpected.code, 'Unexpected');

/** The row of a code another server said; `Unexpected` for one the table lacks. */
export const kindOfCode = (code: number): ErrorName => kinds.get(code) ?? 'Unexpected';

/** Longest piece of a caller's own text an error repeats; a 1 MiB name must not come back whole. */
const ECHO_LENGTH_MAX = 300;

/** A caller's text, cut so that it is safe to repeat in an error or a log line. */
export const echo = (text: string): string =>
  text.length <= ECHO_LENGTH_MAX
    ? text
    : `${text.slice(0, ECHO_LENGTH_MAX)}…(${text.length} characters)`;

type Fields = Readonly<Record<string, string | number | bigint>>;

/** `<text>[k=v][k2=v2]`, the way Milvus words a failure about named things (facts/rootcoord §2.2). */
function withFields(text: string, fields: Fields): string {
  return (
    text +
    Object.entries(fields)
      .map(([key, value]) => `[${key}=${echo(String(value))}]`)
      .join('')
  );
}

interface CoordErrorOptions {
  readonly cause?: unknown;
  /** Overrides the row's legacy code where one RPC has its own (credentials, roles). */
  readonly legacy?: number;
  /** Overrides the row's code and what follows from it: another server said so. */
  readonly relayed?: Relayed;
}

/** A failure of another server, in its own numbers. */
interface Relayed {
  readonly code: number;
  readonly retriable: boolean;
}

/** The one error of the coordinator: a row of the table and the words for this occurrence. */
export class CoordError extends Error {
  override readonly name = 'CoordError';
  readonly kind: ErrorName;
  readonly code: number;
  readonly legacyCode: number;
  readonly retriable: boolean;
  readonly isInputError: boolean;

  /** @param reason the whole text the client sees. */
  constructor(kind: ErrorName, reason: string, options: CoordErrorOptions = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    const spec: ErrorSpec = rows[kind];
    this.kind = kind;
    this.code = options.relayed?.code ?? spec.code;
    this.legacyCode = options.legacy ?? spec.legacy;
    this.retriable = options.relayed?.retriable ?? spec.retriable;
    this.isInputError = spec.input;
  }

  /** `<row text>[k=v]…`, and `: <explanation>` after it when given. */
  static of(kind: ErrorName, fields: Fields = {}, explanation = ''): CoordError {
    const text = withFields(rows[kind].text, fields);
    return new CoordError(kind, explanation === '' ? text : `${text}: ${explanation}`);
  }

  /** A bad argument in words: `<explanation>: invalid parameter` (facts/rootcoord §2.2). */
  static invalid(explanation: string): CoordError {
    return new CoordError('ParameterInvalid', `${explanation}: ${rows.ParameterInvalid.text}`);
  }

  /** A failure Milvus gives no code of its own: code 65535 with plain words. */
  static plain(reason: string): CoordError {
    return new CoordError('Unexpected', reason);
  }

  /** Whatever was caught, as a CoordError; an unknown thing becomes `Unexpected`. */
  static from(caught: unknown): CoordError {
    if (caught instanceof CoordError) return caught;
    const reason = caught instanceof Error ? caught.message : String(caught);
    return new CoordError('Unexpected', reason, { cause: caught });
  }
}

/** True for CoordErrors of this kind, whatever was caught. */
export const isKind = (caught: unknown, kind: ErrorName): caught is CoordError =>
  caught instanceof CoordError && caught.kind === kind;
