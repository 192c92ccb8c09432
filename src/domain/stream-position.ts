import { CoordError } from './errors.js';
import { invariant } from './invariant.js';

/**
 * The place of a message in its channel: opaque bytes to everyone who keeps one, as
 * `MsgPosition.msgID` and `start_positions` (facts/wire-surface §5.2). They hold the message's
 * sequence number as a little-endian int64, the form RocksMQ and natsmq give theirs.
 */
export type Position = Uint8Array;

const POSITION_BYTES = 8;

/** @param sequence 1 for the first message a channel ever had. */
export function positionAt(sequence: number): Position {
  invariant(Number.isSafeInteger(sequence) && sequence >= 0, `a sequence number: ${sequence}`);
  const position = new Uint8Array(POSITION_BYTES);
  new DataView(position.buffer).setBigUint64(0, BigInt(sequence), true);
  return position;
}

/** The sequence number in a position; bytes that hold none are `ParameterInvalid`. */
export function sequenceOf(position: Position): number {
  if (position.byteLength === POSITION_BYTES) {
    const view = new DataView(position.buffer, position.byteOffset, POSITION_BYTES);
    const sequence = view.getBigUint64(0, true);
    if (sequence <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(sequence);
  }
  throw CoordError.invalid(`no position of a message: ${position.byteLength} bytes`);
}

/** Negative, zero or positive, as the first message stands before, at or behind the second. */
export const comparePositions = (first: Position, second: Position): number =>
  sequenceOf(first) - sequenceOf(second);
