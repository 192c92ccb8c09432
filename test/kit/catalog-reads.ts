import { CoordError } from '../../src/domain/errors.js';
import type {
  CollectionRecord,
  DatabaseRecord,
  PartitionRecord,
} from '../../src/domain/records.js';
import type { KeyValuePair } from '../../src/gen/common.js';
import { DescribeCollectionResponse } from '../../src/gen/milvus.js';
import type { CollectionSchema } from '../../src/gen/schema.js';
import type { CollectionQuery } from '../../src/root/catalog/catalog-reader.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { DATABASES, NAMES, PARTITIONS } from './catalog-deeds.js';

/** Every read there is, asked of RootCoord and of a snapshot; answers and refusals are words. */
export interface CatalogReads {
  has(database: string, name: string, id: bigint): string;
  describe(database: string, name: string, id: bigint): string;
  describeInternal(database: string, name: string, id: bigint): string;
  partitions(database: string, name: string, id: bigint): string;
  hasPartition(database: string, name: string, partition: string): string;
  database(name: string): string;
  databases(): string;
  collections(database: string): string;
  picture(databases: readonly string[]): string;
}

/** Reads that know no moment but now. */
export interface PresentReads {
  describeAlias(database: string, alias: string): string;
  aliases(database: string, name: string): string;
  collectionIds(): string;
}

const ALL_DATABASES = [...DATABASES, 'none'];

/** Asks everything. @param ids of every collection there ever was. */
export function answersOf(reads: CatalogReads, ids: readonly bigint[]): string[] {
  const answers: string[] = [];
  for (const database of ALL_DATABASES) {
    answers.push(reads.database(database), reads.collections(database), reads.picture([database]));
    for (const name of NAMES) {
      answers.push(
        reads.has(database, name, 0n),
        reads.describe(database, name, 0n),
        reads.describeInternal(database, name, 0n),
        reads.partitions(database, name, 0n),
        ...PARTITIONS.map((partition) => reads.hasPartition(database, name, partition)),
      );
    }
  }
  for (const id of ids) {
    answers.push(
      reads.has('default', '', id),
      reads.describe('default', '', id),
      reads.partitions('default', '', id),
    );
  }
  answers.push(reads.databases(), reads.picture([]));
  return answers;
}

export function presentAnswersOf(reads: PresentReads): string[] {
  const answers = [reads.collectionIds()];
  for (const database of ALL_DATABASES) {
    answers.push(reads.aliases(database, ''));
    for (const name of NAMES) {
      answers.push(reads.describeAlias(database, name), reads.aliases(database, name));
    }
  }
  return answers;
}

export const sorted = (words: Iterable<string>): string => [...words].sort().join(';');
const pairWords = (pairs: readonly KeyValuePair[]): string =>
  sorted(pairs.map(({ key, value }) => `${key}=${value}`));
function attempt(read: () => string): string {
  try {
    return read();
  } catch (caught) {
    if (caught instanceof CoordError) return `refused as ${caught.kind}`;
    throw caught;
  }
}

/** RootCoord at one moment; 0 for now. */
export class RootReads implements CatalogReads, PresentReads {
  readonly #root: RootCoord;
  readonly #at: bigint;

  constructor(root: RootCoord, at: bigint) {
    this.#root = root;
    this.#at = at;
  }

  has(database: string, name: string, id: bigint): string {
    return attempt(() => `${this.#root.hasCollection(this.#query(database, name, id))}`);
  }

  describe(database: string, name: string, id: bigint): string {
    return attempt(() =>
      describedWord(this.#root.describeCollection(this.#query(database, name, id), 'public')),
    );
  }

  describeInternal(database: string, name: string, id: bigint): string {
    return attempt(() =>
      describedWord(this.#root.describeCollectionInternal(this.#query(database, name, id))),
    );
  }

  partitions(database: string, name: string, id: bigint): string {
    return attempt(() => {
      const found = this.#root.partitions.list(this.#query(database, name, id));
      return sorted(found.map(partitionWord));
    });
  }

  hasPartition(database: string, name: string, partition: string): string {
    const query = this.#query(database, name, 0n);
    return attempt(() => `${this.#root.partitions.has(query, partition)}`);
  }

  database(name: string): string {
    return attempt(() => databaseWord(this.#root.databases.describe(name, this.#at)));
  }

  databases(): string {
    return attempt(() => this.#root.databases.list(this.#at).map(databaseWord).join(';'));
  }

  collections(database: string): string {
    return attempt(() => recordWords(this.#root.listings.collections(database, this.#at)));
  }

  picture(names: readonly string[]): string {
    return attempt(() => {
      const { databases, collections, aliases } = this.#root.listings.picture(names, this.#at);
      return [
        sorted(databases.map(databaseWord)),
        recordWords(collections),
        sorted(
          aliases.map(
            (alias) => `${alias.databaseId}/${alias.name}>${alias.collectionId}@${alias.createdAt}`,
          ),
        ),
      ].join('\n');
    });
  }

  describeAlias(database: string, alias: string): string {
    return attempt(() => recordWord(this.#root.aliases.describe(database, alias)));
  }

  aliases(database: string, name: string): string {
    return attempt(() => sorted(this.#root.aliases.list(database, name)));
  }

  collectionIds(): string {
    return sorted(
      this.#root.inventory
        .collectionIds([], false)
        .map(
          ({ databaseName, collectionIds }) =>
            `${databaseName}:${sorted(collectionIds.map(String))}`,
        ),
    );
  }

  #query(databaseName: string, collectionName: string, collectionId: bigint): CollectionQuery {
    return { databaseName, collectionName, collectionId, at: this.#at };
  }
}

const databaseWord = ({ id, name, properties, createdUnixNs }: DatabaseRecord): string =>
  `${id} ${name} {${pairWords(properties)}} ${createdUnixNs}`;

const partitionWord = ({ id, name, createdAt }: PartitionRecord): string =>
  `${id}:${name}@${createdAt}`;

const functionWords = ({ functions }: CollectionSchema): string =>
  functions
    .map(({ name, params }) => `${name} ${params.find(({ key }) => key === 'model_name')?.value}`)
    .join(';');

/** User fields and their params; `$meta` and system fields left out. */
const fieldWords = ({ fields }: CollectionSchema): string =>
  fields
    .filter(({ fieldID, isDynamic }) => fieldID >= 100n && !isDynamic)
    .map((field) => {
      const mark = field.isFunctionOutput ? '!' : '';
      return `${field.fieldID}:${field.name}${mark} {${pairWords(field.typeParams)}}`;
    })
    .join(';');

function describedWord(bytes: Uint8Array): string {
  const reply = DescribeCollectionResponse.decode(bytes);
  const { schema } = reply;
  if (!schema) return 'no schema';
  const shardWords = `${reply.virtualChannelNames.length}/${reply.physicalChannelNames.length}`;
  return [
    `${reply.collectionID} ${reply.dbId} ${reply.dbName} ${reply.collectionName} ${schema.name}`,
    `${reply.shardsNum} ${shardWords} ${schema.description} {${pairWords(reply.properties)}}`,
    `${reply.consistencyLevel} ${fieldWords(schema)}`,
    `${schema.enableDynamicField} ${functionWords(schema)}`,
    `${reply.numPartitions} v${schema.version} ${reply.createdTimestamp} ${reply.updateTimestamp}`,
    sorted(reply.aliases),
  ].join('|');
}

const recordWords = (records: Iterable<CollectionRecord | undefined>): string =>
  sorted([...records].flatMap((record) => (record ? [recordWord(record)] : [])));

function recordWord(record: CollectionRecord): string {
  const { schema, partitions, lastTruncatedAt } = record;
  return [
    `${record.state} ${record.id} ${record.databaseId} ${record.name} ${schema.name}`,
    `${record.shardsNum} ${record.virtualChannels.length} ${schema.description}`,
    `{${pairWords(record.properties)}} ${record.consistencyLevel} ${fieldWords(schema)}`,
    `${schema.enableDynamicField} ${functionWords(schema)} v${schema.version}`,
    sorted(partitions.filter(({ state }) => state === 'Created').map(partitionWord)),
    `${record.createdAt} ${record.updatedAt} ${lastTruncatedAt.join()}`,
  ].join('|');
}
