import {
  AliasInfo,
  AliasState,
  CollectionInfo,
  CollectionState,
  DatabaseInfo,
  DatabaseState,
  IndexInfo,
  PartitionInfo,
} from '../../src/gen/etcd_meta.js';
import { CollectionSchema, DataType, FieldSchema } from '../../src/gen/schema.js';
import type { Write } from '../../src/ports/meta-store.js';

/** Data sets as Milvus 2.1, 2.2 and 2.4 leave them (facts/rootcoord §17.1, §17.2). */

const ROOT = 'by-dev';
const META = `${ROOT}/meta`;
const ROOT_COORD = `${META}/root-coord`;

/** What Milvus writes over a removed key. */
export const TOMBSTONE = Uint8Array.of(0xe2, 0x9b, 0xbc);

export const oldKey = (tail: string): string => `${ROOT_COORD}/${tail}`;

export const put = (key: string, value: Uint8Array | string): Write => ({
  kind: 'put',
  key,
  value: Buffer.from(value),
});

/** A plain key and its version, as the snapshot KV writes them in one transaction. */
const versioned = (tail: string, value: Uint8Array, ts = 435_000_000_000_000_000n): Write[] => [
  put(oldKey(tail), value),
  put(`${META}/snapshots/root-coord/${tail}_ts${ts}`, value),
];

/** 2026-01-01 in unix nanoseconds, big-endian: a window that was saved once. */
const WINDOW = Buffer.from(1_767_225_600_000_000_000n.toString(16).padStart(16, '0'), 'hex');

const FIELDS = [
  { fieldID: 100n, name: 'id', dataType: DataType.Int64, isPrimaryKey: true },
  {
    fieldID: 101n,
    name: 'vector',
    dataType: DataType.FloatVector,
    typeParams: [{ key: 'dim', value: '8' }],
  },
  { fieldID: 0n, name: 'RowID', description: 'row id', dataType: DataType.Int64 },
  { fieldID: 1n, name: 'Timestamp', description: 'time stamp', dataType: DataType.Int64 },
];

const channels = (id: bigint, shards: number) => ({
  virtualChannelNames: Array.from(
    { length: shards },
    (_, i) => `by-dev-rootcoord-dml_${i}_${id}v${i}`,
  ),
  physicalChannelNames: Array.from({ length: shards }, (_, i) => `by-dev-rootcoord-dml_${i}`),
});

interface Old {
  readonly id: bigint;
  readonly name: string;
  /** One partition for each name; their ids follow the collection's. */
  readonly partitions: readonly string[];
  readonly shards?: number;
}

/** A record of ≤ 2.1: partitions, fields and index ids inside it, no state, no database. */
export const embedded = ({ id, name, partitions, shards = 2 }: Old): CollectionInfo =>
  CollectionInfo.fromPartial({
    ID: id,
    schema: CollectionSchema.fromPartial({ name, description: `old ${name}`, fields: FIELDS }),
    createTime: 434_000_000_000_000_000n + id,
    partitionIDs: partitions.map((_, i) => id + 1n + BigInt(i)),
    partitionNames: [...partitions],
    partitionCreatedTimestamps: partitions.map((_, i) => 434_000_000_000_000_001n + id + BigInt(i)),
    fieldIndexes: [{ filedID: 101n, indexID: 9_000n + id }],
    ...channels(id, shards),
    shardsNum: shards,
    consistencyLevel: 2,
  });

export const encoded = (info: CollectionInfo): Uint8Array => CollectionInfo.encode(info).finish();

const alias21 = (alias: string, target: bigint): Write[] =>
  versioned(
    `collection-alias/${alias}`,
    encoded(CollectionInfo.fromPartial({ ID: target, schema: { name: alias }, createTime: 7n })),
  );

export const aliasInfo = (aliasName: string, collectionId: bigint, dbId = 0n): Uint8Array =>
  AliasInfo.encode(
    AliasInfo.fromPartial({
      aliasName,
      collectionId,
      createdTime: 8n,
      state: AliasState.AliasCreated,
      dbId,
    }),
  ).finish();

const windows = (timestampKey: string): Write[] => [
  put(`${ROOT}/kv/gid/idTimestamp`, WINDOW),
  put(`${ROOT}/kv/${timestampKey}`, WINDOW),
];

const MANY_PARTITIONS = ['_default', ...Array.from({ length: 300 }, (_, i) => `p${i}`)];

/** Three collections, one of many partitions and one without shards; aliases good and bad. */
export const DATA_SET_2_1: readonly Write[] = [
  ...windows('tso/timestamp'),
  ...versioned(
    'collection/100',
    encoded(embedded({ id: 100n, name: 'books', partitions: ['_default', 'old'] })),
  ),
  ...versioned(
    'collection/1000',
    encoded(embedded({ id: 1000n, name: 'films', partitions: MANY_PARTITIONS })),
  ),
  ...versioned(
    'collection/5000',
    encoded({
      ...embedded({ id: 5000n, name: 'songs', partitions: ['_default'], shards: 1 }),
      shardsNum: 0,
      partitionCreatedTimestamps: [],
    }),
  ),
  ...versioned('collection/6000', TOMBSTONE),
  ...alias21('library', 100n),
  ...alias21('lost', 404n),
  ...versioned('collection-alias/gone', TOMBSTONE),
  put(
    oldKey('index/100/9100'),
    IndexInfo.encode(IndexInfo.fromPartial({ indexName: '_default_idx', indexID: 9100n })).finish(),
  ),
  put(oldKey('segment-index/100/9100/101/77'), 'segment index'),
  put(oldKey('credential/users/root'), '{"encrypted_password":"x"}'),
  put(oldKey('tenant/1'), 'tenant'),
  put(oldKey('dd-operation'), '{"body":"","type":"CreateCollection"}'),
  put(oldKey('dd-msg-send'), 'false'),
];

const fieldWrites = (id: bigint): Write[] =>
  FIELDS.flatMap((field) =>
    versioned(
      `fields/${id}/${field.fieldID}`,
      FieldSchema.encode(FieldSchema.fromPartial(field)).finish(),
    ),
  );

const partitionWrites = (id: bigint, names: readonly string[]): Write[] =>
  names.flatMap((partitionName, i) =>
    versioned(
      `partitions/${id}/${id + 1n + BigInt(i)}`,
      PartitionInfo.encode(
        PartitionInfo.fromPartial({
          partitionID: id + 1n + BigInt(i),
          partitionName,
          partitionCreatedTimestamp: 434_000_000_000_000_001n,
          collectionId: id,
        }),
      ).finish(),
    ),
  );

/** A record of 2.2 and later, whose children are keys of their own. */
const bare = (
  old: Old,
  dbId: bigint,
  state: CollectionState = CollectionState.CollectionCreated,
) => {
  const info = embedded(old);
  return encoded(
    CollectionInfo.fromPartial({
      ...info,
      schema: { ...info.schema, fields: [] },
      partitionIDs: [],
      partitionNames: [],
      partitionCreatedTimestamps: [],
      fieldIndexes: [],
      state,
      dbId,
    }),
  );
};

/** Records without a database, some still of 2.1; aliases in all three places. */
export const DATA_SET_2_2: readonly Write[] = [
  ...windows('tso/timestamp'),
  ...versioned('collection/200', bare({ id: 200n, name: 'birds', partitions: [] }, 0n)),
  ...partitionWrites(200n, ['_default', 'sea']),
  ...fieldWrites(200n),
  ...versioned(
    'collection/300',
    encoded(embedded({ id: 300n, name: 'trees', partitions: ['_default'] })),
  ),
  ...versioned(
    'collection/400',
    bare({ id: 400n, name: 'going', partitions: [] }, 0n, CollectionState.CollectionDropping),
  ),
  ...versioned(
    'database/collection-info/1/500',
    bare({ id: 500n, name: 'stones', partitions: [] }, 0n),
  ),
  ...partitionWrites(500n, ['_default']),
  ...fieldWrites(500n),
  // The same collection in both layouts.
  ...versioned('collection/500', bare({ id: 500n, name: 'pebbles', partitions: [] }, 0n)),
  // A name that is an alias, and an alias of what that name hides.
  ...versioned('collection/600', bare({ id: 600n, name: 'wings', partitions: [] }, 0n)),
  ...versioned('aliases/hidden', aliasInfo('hidden', 600n)),
  ...versioned('aliases/wings', aliasInfo('wings', 200n)),
  ...alias21('wings', 300n),
  ...alias21('wood', 300n),
  ...versioned('database/aliases/1/stone', aliasInfo('stone', 500n, 1n)),
  ...versioned('aliases/stone', aliasInfo('stone', 200n)),
  ...versioned('aliases/nothing', aliasInfo('nothing', 404n)),
  ...versioned('aliases/leaving', aliasInfo('leaving', 400n)),
];

const DATABASE = DatabaseInfo.encode(
  DatabaseInfo.fromPartial({
    id: 1n,
    name: 'default',
    state: DatabaseState.DatabaseCreated,
    createdTime: 5n,
  }),
).finish();

/** Today's layout with what Milvus leaves of dropped objects. */
export const DATA_SET_2_4: readonly Write[] = [
  ...windows('gid/timestamp'),
  ...versioned('database/db-info/1', DATABASE),
  ...versioned('database/db-info/7', TOMBSTONE),
  ...versioned(
    'database/collection-info/1/700',
    bare({ id: 700n, name: 'clouds', partitions: [] }, 1n),
  ),
  ...partitionWrites(700n, ['_default', 'high']),
  ...versioned('partitions/700/799', TOMBSTONE),
  ...fieldWrites(700n),
  ...versioned('database/aliases/1/sky', aliasInfo('sky', 700n, 1n)),
  ...versioned('database/aliases/1/dropped', TOMBSTONE),
  ...versioned('database/collection-info/1/800', TOMBSTONE),
  ...versioned('partitions/800/801', TOMBSTONE),
  ...versioned('fields/800/100', TOMBSTONE),
  ...versioned('functions/800/100', TOMBSTONE),
  ...versioned('struct-array-fields/800/100', TOMBSTONE),
  ...versioned('collection/800', TOMBSTONE),
  ...versioned('aliases/dropped', TOMBSTONE),
  ...versioned('collection-alias/dropped', TOMBSTONE),
];

/** Protobuf by hand, for messages whose numbers were given anew since. */
const varint = (value: bigint): number[] =>
  value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)];
const number = (field: number, value: bigint): number[] => [field << 3, ...varint(value)];
const bytes = (field: number, value: Uint8Array | string): number[] => {
  const content = Buffer.from(value);
  return [(field << 3) | 2, ...varint(BigInt(content.length)), ...content];
};

const earlyPartition = (id: bigint, name: string): Uint8Array =>
  Uint8Array.from([...bytes(1, name), ...number(2, id), ...bytes(3, Uint8Array.of(1, 2, 3))]);

/** What the builds before 2.0 stored (seed 001 §6.6): partitions apart, other field numbers. */
export const DATA_SET_SEED: readonly Write[] = [
  ...windows('tso/timestamp'),
  put(
    oldKey('collection/100'),
    Uint8Array.from([
      ...number(1, 100n),
      ...bytes(
        2,
        CollectionSchema.encode(
          CollectionSchema.fromPartial({ name: 'books', fields: FIELDS }),
        ).finish(),
      ),
      ...number(3, 425_000_000_000_000_000n),
      ...bytes(4, Uint8Array.from([...varint(101n), ...varint(1020n)])),
      ...bytes(5, Uint8Array.from([...number(1, 101n), ...number(2, 9100n)])),
      ...bytes(6, 'by-dev-rootcoord-dml_0_100v0'),
      ...bytes(6, 'by-dev-rootcoord-dml_1_100v1'),
      ...bytes(7, 'by-dev-rootcoord-dml_0'),
      ...bytes(7, 'by-dev-rootcoord-dml_1'),
    ]),
  ),
  put(oldKey('partition/100/101'), earlyPartition(101n, '_default')),
  put(oldKey('partition/100/1020'), earlyPartition(1020n, 'new')),
];
