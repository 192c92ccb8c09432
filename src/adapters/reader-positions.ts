import { CoordError, echo } from '../domain/errors.js';
import type { MessageStreamLimits } from '../ports/message-stream.js';
import { type ChannelBounds, positionNotRetained } from './message-stream-rules.js';

/** How far the readers of one channel have come: sequence numbers by reader. */
export type ReaderPositions = ReadonlyMap<string, number>;

export const NO_READERS: ReaderPositions = new Map();

const READER_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** Refuses a name that some message stream could not hold. */
export function checkReader(reader: string): void {
  if (READER_NAME.test(reader)) return;
  throw CoordError.invalid(`no name of a reader: "${echo(reader)}"`);
}

/** Refuses a position that the channel has given to no message yet. */
export function checkGivenOut(channel: string, sequence: number, bounds: ChannelBounds): void {
  if (sequence >= 1 && sequence < bounds.next) return;
  throw positionNotRetained(channel, sequence, bounds);
}

/** The positions with the reader moved on, or as they are if that would move it back. */
export function withReader(
  positions: ReaderPositions,
  reader: string,
  sequence: number,
  { readersMax }: MessageStreamLimits,
): ReaderPositions {
  const stored = positions.get(reader);
  if (stored !== undefined && stored >= sequence) return positions;
  if (stored === undefined && positions.size >= readersMax) {
    const reason = `${readersMax} readers of the channel have a position, forget one of them first`;
    throw new CoordError('QuotaExceeded', reason);
  }
  return new Map(positions).set(reader, sequence);
}

/** The positions without the reader. */
export function withoutReader(positions: ReaderPositions, reader: string): ReaderPositions {
  if (!positions.has(reader)) return positions;
  const others = new Map(positions);
  others.delete(reader);
  return others;
}

/** What is stored of them: JSON pairs, because `__proto__` is a reader's name as good as any. */
export const encodePositions = (positions: ReaderPositions): string =>
  JSON.stringify([...positions]);

export function decodePositions(text: string): ReaderPositions {
  const rows: unknown = JSON.parse(text);
  if (Array.isArray(rows) && rows.every(isPair)) return new Map(rows);
  throw new CoordError('ServiceInternal', `positions of readers are damaged: ${echo(text)}`);
}

const isPair = (row: unknown): row is readonly [string, number] =>
  Array.isArray(row) &&
  row.length === 2 &&
  typeof row[0] === 'string' &&
  Number.isSafeInteger(row[1]);
