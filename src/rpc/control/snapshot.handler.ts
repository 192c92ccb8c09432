import { CoordError } from '../../domain/errors.js';
import type { CollectionRecord } from '../../domain/records.js';
import { ControlServiceService, SnapshotResponse } from '../../gen/control.js';
import { ObjectKind } from '../../gen/journal.js';
import { encodeAlias } from '../../root/catalog/alias.codec.js';
import { encodeImage } from '../../root/catalog/collection.codec.js';
import { encodeDatabase } from '../../root/catalog/database.codec.js';
import type { CatalogPicture } from '../../root/collection/listings.js';
import type { RootCoord } from '../../root/root-coord.js';
import { serverStream } from '../server-stream.js';
import type { RpcDeps } from '../unary.js';
import type { WorkLane } from '../work-lane.js';
import { encodeSnapshotObject } from './image.codec.js';

/** A message ends with the step that fills it. */
const MESSAGE_BYTES_AIM = 64 * 1024;
/** A step ends with the object that fills it: some tenths of a millisecond, except for giants. */
const STEP_BYTES_AIM = 4 * 1024;
/** Places looked at in one step, with an object or without. */
const STEP_PLACES_MAX = 64;
/** Each holds on to every record of its moment, until its client has read to the end. */
export const SNAPSHOTS_MAX = 16;

/** A picture of the catalog, taken at once and encoded message by message, as fast as it is read. */
export function snapshotHandler(deps: RpcDeps, root: () => RootCoord) {
  let underWay = 0;
  return serverStream(deps, ControlServiceService.snapshot, async function* ({ request }) {
    if (underWay >= SNAPSHOTS_MAX) {
      throw new CoordError('TooManyRequests', `more than ${SNAPSHOTS_MAX} snapshots at once`);
    }
    underWay += 1;
    try {
      const picture = root().listings.picture(request.databaseNames, request.timestamp);
      yield* messages(deps.lane, encodedObjects(picture));
      const { sequence } = picture;
      yield SnapshotResponse.encode({ objects: [], sequence }).finish();
    } finally {
      underWay -= 1;
    }
  });
}

async function* messages(lane: WorkLane, objects: Iterator<Uint8Array | undefined>) {
  for (let isEnd = false; !isEnd; ) {
    const pieces: Uint8Array[] = [];
    for (let bytes = 0; bytes < MESSAGE_BYTES_AIM && !isEnd; ) {
      const step = await lane.step(() => nextObjects(objects));
      pieces.push(...step.pieces);
      bytes += step.bytes;
      isEnd = step.isEnd;
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }
}

function nextObjects(objects: Iterator<Uint8Array | undefined>) {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (let places = 0; places < STEP_PLACES_MAX && bytes < STEP_BYTES_AIM; places++) {
    const { done, value } = objects.next();
    if (done) return { pieces, bytes, isEnd: true };
    if (!value) continue;
    pieces.push(value);
    bytes += value.length;
  }
  return { pieces, bytes, isEnd: false };
}

/** Databases, collections, aliases, each encoded when its turn comes. */
function* encodedObjects({ databases, collections, aliases }: CatalogPicture) {
  for (const database of databases) {
    yield encodeSnapshotObject(ObjectKind.OBJECT_KIND_DATABASE, encodeDatabase(database));
  }
  for (const record of collections) {
    yield record &&
      encodeSnapshotObject(ObjectKind.OBJECT_KIND_COLLECTION, encodeImage(asClientsSee(record)));
  }
  for (const alias of aliases) {
    yield encodeSnapshotObject(ObjectKind.OBJECT_KIND_ALIAS, encodeAlias(alias));
  }
}

function asClientsSee(record: CollectionRecord): CollectionRecord {
  const partitions = record.partitions.filter(({ state }) => state === 'Created');
  return partitions.length === record.partitions.length ? record : { ...record, partitions };
}
