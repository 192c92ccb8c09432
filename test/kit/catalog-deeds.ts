import fc from 'fast-check';
import { ConsistencyLevel } from '../../src/gen/common.js';
import {
  type CollectionSchema,
  DataType,
  FunctionSchema,
  FunctionType,
} from '../../src/gen/schema.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { anAsker } from './root-runtime.js';
import { aField, aSchema, aVarChar, pairs } from './schemas.js';

/** Every kind of DDL, on few names, so that deeds meet each other. */

export const DATABASES = ['default', 'x', 'y'] as const;
/** Of collections and aliases alike: they share one name space. */
export const NAMES = ['a', 'b', 'c', 'd'] as const;
export const PARTITIONS = ['_default', 'p', 'q'] as const;

/** The journal's word for the change that makes the deed visible. */
export const DEEDS = {
  createDatabase: 'database.created',
  alterDatabase: 'database.altered',
  dropDatabase: 'database.dropped',
  createCollection: 'collection.created',
  dropCollection: 'collection.dropping',
  undropCollection: 'collection.undropped',
  renameCollection: 'collection.renamed',
  alterCollection: 'collection.altered',
  alterField: 'collection.fieldAltered',
  addField: 'collection.fieldAdded',
  truncate: 'collection.truncated',
  addFunction: 'collection.functionAdded',
  alterFunction: 'collection.functionAltered',
  dropFunction: 'collection.functionDropped',
  createPartition: 'partition.created',
  dropPartition: 'partition.dropping',
  undropPartition: 'partition.undropped',
  createAlias: 'alias.created',
  alterAlias: 'alias.altered',
  dropAlias: 'alias.dropped',
} as const;

export type DeedKind = keyof typeof DEEDS;

/** One DDL; each kind looks at what concerns it. */
export interface Deed {
  readonly kind: DeedKind;
  readonly database: string;
  /** Of a collection, or an alias of it. */
  readonly name: string;
  /** Where a rename goes; the one meant by what is done to databases. */
  readonly otherDatabase: string;
  /** A collection's new name, or an alias. */
  readonly otherName: string;
  readonly partition: string;
  /** Which of the changes an alteration could make. */
  readonly choice: number;
}

const KINDS = Object.keys(DEEDS) as DeedKind[];
/** What others depend on, and what seldom finds something to do. */
const OFTEN: readonly DeedKind[] = [
  ...(['createCollection', 'createCollection', 'createPartition', 'createAlias'] as const),
  ...(['undropCollection', 'undropCollection', 'undropPartition', 'alterAlias'] as const),
];

/** Things happen to a few objects mostly, or most deeds would find nothing to do. */
export const aDeed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(...KINDS, ...OFTEN),
  database: fc.constantFrom('default', 'default', ...DATABASES),
  name: fc.constantFrom('a', 'a', 'a', ...NAMES),
  otherDatabase: fc.constantFrom(...DATABASES),
  otherName: fc.constantFrom(...NAMES),
  partition: fc.constantFrom('p', ...PARTITIONS),
  choice: fc.nat({ max: 11 }),
});

/** What an alteration asks for: values for keys, or keys to forget. */
export interface PropertyDeed {
  readonly set: Readonly<Record<string, string>>;
  readonly forget: readonly string[];
}

const set = (values: Record<string, string>): PropertyDeed => ({ set: values, forget: [] });
const forget = (...keys: string[]): PropertyDeed => ({ set: {}, forget: keys });

export const PROTECTION = 'rootstock.deleteProtection.enabled';

const DATABASE_ALTERATIONS = [
  set({ note: 'one' }),
  set({ note: 'two', other: 'x' }),
  forget('note'),
  set({ [PROTECTION]: 'true' }),
  set({ [PROTECTION]: 'false' }),
  forget(PROTECTION),
];

const COLLECTION_ALTERATIONS = [
  ...DATABASE_ALTERATIONS,
  set({ 'collection.description': 'first' }),
  set({ 'collection.description': 'second' }),
  set({ consistency_level: 'Strong' }),
  set({ consistency_level: 'Eventually' }),
  set({ 'dynamicfield.enabled': 'true' }),
];

const FIELD_ALTERATIONS = [
  set({ max_length: '128' }),
  set({ max_length: '256' }),
  set({ 'mmap.enabled': 'true' }),
  forget('mmap.enabled'),
];

const chosen = <T>(list: readonly T[], choice: number): T => {
  const found = list[choice % list.length];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
};

export const databaseAlteration = ({ choice }: Deed) => chosen(DATABASE_ALTERATIONS, choice);
export const collectionAlteration = ({ choice }: Deed) => chosen(COLLECTION_ALTERATIONS, choice);
export const fieldAlteration = ({ choice }: Deed) => chosen(FIELD_ALTERATIONS, choice);
/** One in four names a field that is not there. */
export const alteredField = ({ choice }: Deed) => (choice > 8 ? 'none' : 'text');
export const addedField = ({ choice }: Deed) => `added${choice % 3}`;
export const modelName = ({ choice }: Deed) => (choice % 2 === 0 ? 'small' : 'large');
/** A collection dropped by others under this name may be brought back under another. */
export const undropName = ({ choice, otherName }: Deed) => (choice % 3 === 0 ? otherName : '');
export const createdProperties = ({ choice }: Deed): Record<string, string> =>
  choice % 4 === 0 ? { note: 'born' } : {};

/** Fields 100 to 102: a key, a vector, and a text of 64 bytes. */
const schemaOf = (name: string): CollectionSchema => aSchema([aVarChar('text')], { name });

const functionOf = (deed: Deed): FunctionSchema =>
  FunctionSchema.fromPartial({
    name: 'embed',
    type: FunctionType.TextEmbedding,
    inputFieldNames: ['text'],
    outputFieldNames: ['vector'],
    params: pairs({ provider: 'openai', model_name: modelName(deed) }),
  });

const properties = ({ set: values, forget: deleteKeys }: PropertyDeed) => ({
  properties: pairs(values),
  deleteKeys,
});

/** Does it; settles or rejects as RootCoord does. */
export async function perform(root: RootCoord, deed: Deed): Promise<unknown> {
  const { kind, database: databaseName, name: collectionName, otherName, partition } = deed;
  const asker = anAsker();
  const target = { databaseName, collectionName };
  const { databases, aliases, alterations, partitions, undrop } = root;
  switch (kind) {
    case 'createDatabase':
      return databases.create(
        { databaseName: deed.otherDatabase, properties: pairs(createdProperties(deed)) },
        asker,
      );
    case 'alterDatabase':
      return databases.alter(
        { databaseName: deed.otherDatabase, ...properties(databaseAlteration(deed)) },
        asker,
      );
    case 'dropDatabase':
      return databases.drop({ databaseName: deed.otherDatabase }, asker);
    case 'createCollection':
      return root.createCollection(
        {
          ...target,
          schema: schemaOf(collectionName),
          shardsNum: 1 + (deed.choice % 2),
          consistencyLevel: ConsistencyLevel.Bounded,
          properties: pairs(createdProperties(deed)),
          numPartitions: 0n,
        },
        asker,
      );
    case 'dropCollection':
      return root.dropCollection(target, asker);
    case 'undropCollection':
      return undrop.collection({ ...target, collectionId: 0n, newName: undropName(deed) }, asker);
    case 'renameCollection': {
      const where = { newName: otherName, newDatabaseName: deed.otherDatabase };
      return alterations.rename({ ...target, ...where }, asker);
    }
    case 'alterCollection':
      return alterations.alter({ ...target, ...properties(collectionAlteration(deed)) }, asker);
    case 'alterField': {
      const fieldName = alteredField(deed);
      const change = properties(fieldAlteration(deed));
      return alterations.alterField({ ...target, fieldName, ...change }, asker);
    }
    case 'addField': {
      const field = aField(addedField(deed), { dataType: DataType.Int64, nullable: true });
      return alterations.addField({ ...target, field }, asker);
    }
    case 'truncate':
      return alterations.truncate(target, asker);
    case 'addFunction':
      return alterations.addFunction({ ...target, fn: functionOf(deed) }, asker);
    case 'alterFunction':
      return alterations.alterFunction(
        { ...target, functionName: 'embed', fn: functionOf(deed) },
        asker,
      );
    case 'dropFunction':
      return alterations.dropFunction({ ...target, functionName: 'embed' }, asker);
    case 'createPartition':
      return partitions.create({ ...target, partitionName: partition }, asker);
    case 'dropPartition':
      return partitions.drop({ ...target, partitionName: partition }, asker);
    case 'undropPartition':
      return undrop.partition({ ...target, partitionName: partition, partitionId: 0n }, asker);
    case 'createAlias':
      return aliases.create({ ...target, alias: otherName }, asker);
    case 'alterAlias':
      return aliases.alter({ ...target, alias: otherName }, asker);
    case 'dropAlias':
      return aliases.drop({ databaseName, alias: otherName }, asker);
  }
}
