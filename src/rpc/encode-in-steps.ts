import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { WorkLane } from './work-lane.js';

/** Places of a list encoded in one step: some tenths of a millisecond. */
const STEP_PLACES = 128;
/** Steps that write into one piece: every piece is memory some garbage collection has to free. */
const PIECE_STEPS = 16;
/** Bytes copied in one step, into memory that was never touched before. */
const STEP_BYTES = 256 * 1024;
/** From here on sending takes longer than a step: gRPC copies a message, and the kernel does. */
const LARGE_BYTES = 256 * 1024;

/**
 * Encodes a long list in steps between which others have their turn. `write` writes a whole
 * response of a part of the list; written one after the other the parts are one response with the
 * whole list, which is what Protobuf promises of repeated fields, packed ones included.
 */
export async function encodeInSteps<Item>(
  lane: WorkLane,
  items: Iterable<Item | undefined>,
  write: (part: readonly Item[], writer: BinaryWriter) => void,
): Promise<Buffer> {
  const iterator = items[Symbol.iterator]();
  const writer = new BinaryWriter();
  const pieces: Uint8Array[] = [];
  for (let steps = 1, isLast = false; !isLast; steps++) {
    isLast = await lane.step(() => {
      const { part, isEnd } = nextPart(iterator);
      write(part, writer);
      if (isEnd || steps % PIECE_STEPS === 0) pieces.push(writer.finish());
      return isEnd;
    });
  }
  return joinInSteps(lane, pieces);
}

function nextPart<Item>(iterator: Iterator<Item | undefined>) {
  const part: Item[] = [];
  for (let places = 0; places < STEP_PLACES; places++) {
    const next = iterator.next();
    if (next.done) return { part, isEnd: true };
    if (next.value !== undefined) part.push(next.value);
  }
  return { part, isEnd: false };
}

/** The pieces as one. A large whole is handed out in a fresh turn, so that sending it has one. */
async function joinInSteps(lane: WorkLane, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  if (size < LARGE_BYTES) return Buffer.concat(pieces, size);
  const whole = Buffer.allocUnsafe(size);
  let next = 0;
  let position = 0;
  while (next < pieces.length) {
    await lane.step(() => {
      const end = position + STEP_BYTES;
      for (let piece = pieces[next]; piece && position < end; piece = pieces[++next]) {
        whole.set(piece, position);
        position += piece.length;
      }
    });
  }
  await lane.freshTurn();
  return whole;
}
