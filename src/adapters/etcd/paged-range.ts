import type { IKeyValue, IRangeResponse } from 'etcd3';
import type { KeyValue } from '../../ports/meta-store.js';
import { type EtcdConnection, REPLY_BYTES_MAX } from './etcd-connection.js';
import { isReplyTooLarge } from './etcd-errors.js';

/** Beyond this a page costs more memory and no less time (measured with records of 200 B). */
const PAGE_ROWS_MAX = 5_000;
/** What a page of average rows aims at; rows vary, and `REPLY_BYTES_MAX` must hold the largest. */
const PAGE_BYTES_AIM = REPLY_BYTES_MAX / 4;

/** A full page is a thousand small calls, and start-up rather waits for it than fails. */
const PAGE_DEADLINE_MS = 10_000;

/** Keys from `start` up to, but not including, `end`; at most `limit` of them. */
export interface KeyRange {
  readonly start: string;
  readonly end: string;
  readonly limit: number | undefined;
}

/**
 * The keys of a range, page by page, all at the revision of the first page. The next page is
 * under way while the caller works on this one.
 */
export async function* pagedRange(
  connection: EtcdConnection,
  { start, end, limit = Number.POSITIVE_INFINITY }: KeyRange,
): AsyncGenerator<readonly KeyValue[]> {
  const range_end = Buffer.from(end);
  const firstRows = Math.min(limit, PAGE_ROWS_MAX);
  const first = { key: Buffer.from(start), range_end, revision: '0', limit: firstRows };
  let rowsLeft = limit;
  let reply: IRangeResponse | undefined = await readPage(connection, first);
  while (reply !== undefined) {
    rowsLeft -= reply.kvs.length;
    const next = startNextPage(connection, range_end, reply, rowsLeft);
    if (reply.kvs.length > 0) yield reply.kvs.map(rowOf);
    reply = await next;
  }
}

function startNextPage(
  connection: EtcdConnection,
  range_end: Buffer,
  { kvs, more, header }: IRangeResponse,
  rowsLeft: number,
): Promise<IRangeResponse> | undefined {
  const last = kvs.at(-1);
  if (!more || rowsLeft <= 0 || last === undefined) return undefined;
  const key = Buffer.concat([last.key, Buffer.alloc(1)]);
  const limit = Math.min(rowsLeft, rowsThatFit(kvs));
  const request = { key, range_end, revision: header.revision, limit };
  const page = readPage(connection, request);
  // A caller that leaves early never looks at it.
  page.catch(() => {});
  return page;
}

interface PageRequest {
  readonly key: Buffer;
  readonly range_end: Buffer;
  readonly revision: string;
  readonly limit: number;
}

/** One page, with fewer rows when they turn out to be large. */
async function readPage(connection: EtcdConnection, page: PageRequest): Promise<IRangeResponse> {
  for (let limit = page.limit; ; limit = Math.ceil(limit / 8)) {
    try {
      const call = { ...page, limit };
      return await connection.read('scan', () =>
        connection.kv.range(call, { deadline: Date.now() + PAGE_DEADLINE_MS }),
      );
    } catch (error) {
      const isTooLarge = error instanceof Error && isReplyTooLarge(error.cause);
      if (!isTooLarge || limit === 1) throw error;
    }
  }
}

function rowsThatFit(rows: readonly IKeyValue[]): number {
  const bytes = rows.reduce((sum, row) => sum + row.key.length + row.value.length, 0);
  const rowBytes = Math.max(1, bytes / rows.length);
  return Math.max(1, Math.min(PAGE_ROWS_MAX, Math.floor(PAGE_BYTES_AIM / rowBytes)));
}

/** Copied, because etcd3's buffers are views that would keep the whole reply in memory. */
const rowOf = (row: IKeyValue): KeyValue => ({
  key: row.key.toString('utf8'),
  value: Buffer.from(row.value),
});
