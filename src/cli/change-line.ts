import { physicalMsOf, type Timestamp } from '../domain/timestamp.js';
import type { ChangeEvent, Image } from '../gen/control.js';
import { ObjectKind } from '../gen/journal.js';
import { printable } from './output.js';

/** Words for kinds of objects, as `--kind` takes them. */
export const KINDS: ReadonlyMap<string, ObjectKind> = new Map([
  ['database', ObjectKind.OBJECT_KIND_DATABASE],
  ['collection', ObjectKind.OBJECT_KIND_COLLECTION],
  ['partition', ObjectKind.OBJECT_KIND_PARTITION],
  ['alias', ObjectKind.OBJECT_KIND_ALIAS],
]);

/** The word for a kind; a number a newer server sent stays a number. */
export const kindWord = (kind: ObjectKind): string =>
  [...KINDS].find(([, value]) => value === kind)?.[0] ?? String(kind);

/** RFC 3339, in milliseconds, UTC. */
export const timeText = (timestamp: bigint): string =>
  new Date(physicalMsOf(timestamp as Timestamp)).toISOString();

/** `12 2026-01-02T03:04:05.678Z collection.created books root` */
export function changeLine(event: ChangeEvent): string {
  const { sequence, timestamp, operation, actor } = event;
  const words = [sequence, timeText(timestamp), operation, nameOf(event) || '-', actor || '-'];
  return printable(words.join(' '));
}

/** One line of JSON: every field of the change, 64-bit numbers as decimal strings. */
export function changeJson(event: ChangeEvent): string {
  const { before, after, kind, ...rest } = event;
  const { sequence, timestamp, ...others } = rest;
  return JSON.stringify(
    {
      sequence,
      timestamp,
      time: timeText(timestamp),
      kind: kindWord(kind),
      name: nameOf(event),
      ...others,
      before: objectOf(before),
      after: objectOf(after),
    },
    asJson,
  );
}

/** What stands in the one field of the image that is set. */
const objectOf = (image: Image | undefined) =>
  image?.database ?? image?.collection ?? image?.partition ?? image?.alias ?? null;

function nameOf({ before, after }: ChangeEvent): string {
  const image = after ?? before;
  return (
    image?.database?.name ??
    image?.collection?.info?.schema?.name ??
    image?.partition?.partitionName ??
    image?.alias?.aliasName ??
    ''
  );
}

function asJson(key: string, value: unknown): unknown {
  if (key === '_unknownFields') return undefined;
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
