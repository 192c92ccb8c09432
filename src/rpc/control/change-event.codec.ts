import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ChangeEvent, WatchResponse } from '../../gen/control.js';
import type { JournaledChange } from '../../root/catalog/journal.js';
import type { ChangeBatch } from '../../root/feed/watcher.js';
import { writeImage } from './image.codec.js';

/** Field numbers of `ChangeEvent`, and of `events` in `WatchResponse`. */
const BEFORE = 10;
const AFTER = 11;
const EVENTS = 1;

/** Changes whose bytes are kept: those that watchers who keep up ask for one after the other. */
const KEPT_MAX = 1_024;
/** Larger ones are rare; with these bounds all that is kept stays below 16 MiB. */
const KEPT_BYTES_MAX = 16 * 1024;

/** Changes as watchers get them: the newest are encoded once for all. */
export class ChangeEventCodec {
  /** By the low digits of the sequence; a map that is weak would cost the collector far more. */
  readonly #kept: ({ change: JournaledChange; bytes: Uint8Array } | undefined)[] = [];

  /** A batch as a whole `WatchResponse`: messages written one after the other are one message. */
  encodeBatch({ changes, resumeSequence }: ChangeBatch): Uint8Array {
    const tail = WatchResponse.encode({ events: [], resumeSequence }).finish();
    return Buffer.concat([...changes.map((change) => this.#eventOf(change)), tail]);
  }

  /** One change as a `WatchResponse` with this one event. */
  #eventOf(change: JournaledChange): Uint8Array {
    const place = Number(change.sequence % BigInt(KEPT_MAX));
    const kept = this.#kept[place];
    if (kept?.change === change) return kept.bytes;
    const bytes = encodeEvent(change);
    if (bytes.length <= KEPT_BYTES_MAX) this.#kept[place] = { change, bytes };
    return bytes;
  }
}

function encodeEvent(change: JournaledChange): Uint8Array {
  const { objectKind: kind, before, after } = change;
  const head = ChangeEvent.encode({ ...change, kind, before: undefined, after: undefined });
  const writer = new BinaryWriter();
  writer.tag(EVENTS, WireType.LengthDelimited).fork().raw(head.finish());
  if (before.length > 0) writeImage(writer, BEFORE, kind, before);
  if (after.length > 0) writeImage(writer, AFTER, kind, after);
  return writer.join().finish();
}
