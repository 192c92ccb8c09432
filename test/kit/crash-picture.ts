import { createHash } from 'node:crypto';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../src/domain/records.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import type { World } from './catalog-histories.js';

/**
 * Everything clients can see at one moment, one line per object: `database x`, `collection x/c`,
 * `alias x/a`. Equal pictures are equal in every word of every record.
 */
export type Picture = ReadonlyMap<string, string>;

/** A record as a text, equal for equal records whoever put them together. */
export const textOf = (subject: object): string => JSON.stringify(subject, inOrder);

/** Bytes are equal whatever holds them: a buffer tells JSON of itself before anybody is asked. */
function inOrder(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const own = this[key];
  if (own instanceof Uint8Array) return Buffer.from(own).toString('hex');
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(([name, each]) => name !== UNKNOWN || !isEmpty(each));
  return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Decoded messages say that they know of nothing they do not understand; others may leave it out. */
const UNKNOWN = '_unknownFields';
const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0;

const known = new WeakMap<CollectionRecord, string>();

/** What clients see of a collection: some of it in words, and all of it as a digest. */
function collectionText(record: CollectionRecord): string {
  const text = known.get(record) ?? describe(record);
  known.set(record, text);
  return text;
}

function describe(record: CollectionRecord): string {
  const partitions = record.partitions.filter(({ state }) => state === 'Created');
  const digest = createHash('md5')
    .update(textOf({ ...record, partitions }))
    .digest('hex');
  const { id, updatedAt, schema, properties } = record;
  return [
    `#${id}@${updatedAt}`,
    `[${partitions.map((partition) => `${partition.name}#${partition.id}`).join()}]`,
    `(${schema.fields.map(({ name }) => name).join()})`,
    `{${properties.map(({ key, value }) => `${key}=${value}`).join()}}`,
    digest,
  ].join(' ');
}

function paint(
  databases: Iterable<DatabaseRecord>,
  collections: Iterable<CollectionRecord | undefined>,
  aliases: Iterable<AliasRecord>,
): Picture {
  const names = new Map<bigint, string>();
  const lines: [string, string][] = [];
  for (const { id, name, createdUnixNs, properties } of databases) {
    names.set(id, name);
    const pairs = properties.map(({ key, value }) => `${key}=${value}`).join();
    lines.push([`database ${name}`, `#${id} ${createdUnixNs} {${pairs}}`]);
  }
  const place = (databaseId: bigint) => names.get(databaseId) ?? `(no database ${databaseId})`;
  for (const record of collections) {
    if (!record) continue;
    const { databaseId, name } = record;
    lines.push([`collection ${place(databaseId)}/${name}`, collectionText(record)]);
  }
  for (const { databaseId, name, collectionId, createdAt } of aliases) {
    lines.push([`alias ${place(databaseId)}/${name}`, `#${collectionId} ${createdAt}`]);
  }
  return new Map(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What RootCoord says was, or is, visible. @param at 0 for the present. */
export function pictureOf(root: RootCoord, at: bigint): Picture {
  const { databases, collections, aliases } = root.listings.picture([], at);
  return paint(databases, collections, aliases);
}

/** What the naive model says. */
export const pictureOfWorld = (world: World): Picture =>
  paint(world.databases.values(), world.inState('Created'), world.aliases.values());

/**
 * What RootCoord says is visible, and in lines `kept x/c#id/partition` until when each drop can be
 * taken back, as milliseconds.
 */
export async function pictureNow(root: RootCoord): Promise<Picture> {
  const picture = new Map(pictureOf(root, 0n));
  for (const drop of await root.droppedObjects.list('')) {
    const { database, collection, partition, keptUntilMs } = drop;
    const words = `${database.name}/${collection.name}#${collection.id}/${partition?.name ?? ''}`;
    picture.set(`kept ${words}`, `${keptUntilMs}`);
  }
  return picture;
}

/** The lines of objects clients see. Those of drops that are kept are left out: time alone ends them. */
export const visibleIn = (picture: Picture): [string, string][] =>
  [...picture].filter(([key]) => !key.startsWith('kept '));
