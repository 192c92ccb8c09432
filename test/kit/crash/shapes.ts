import { ConsistencyLevel, type KeyValuePair, MsgBase, MsgType } from '../../../src/gen/common.js';
import {
  CreateCollectionRequest,
  type DescribeCollectionResponse,
} from '../../../src/gen/milvus.js';
import { CollectionSchema } from '../../../src/gen/schema.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  aSchema,
  aSparseVector,
  aStruct,
  aVarChar,
} from '../schemas.js';
import { Violation } from './violation.js';

/** A definition that collections of the load are made from. */
export interface Shape {
  readonly name: string;
  /** Partitions it ends up with, and what to ask for. */
  readonly partitions: number;
  readonly numPartitions: bigint;
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: readonly KeyValuePair[];
  readonly schema: CollectionSchema;
  /** Set where the front completes the schema, so that both services would store another one. */
  readonly isForFront: boolean;
}

const shape = (name: string, schema: CollectionSchema, changes: Partial<Shape> = {}): Shape => ({
  name,
  partitions: 1,
  numPartitions: 0n,
  shardsNum: 1,
  consistencyLevel: ConsistencyLevel.Bounded,
  properties: [],
  schema: { ...schema, description: name },
  isForFront: false,
  ...changes,
});

const tenant = () => aVarChar('tenant', { isPartitionKey: true });

/** With these and 64 partitions a collection has more keys than one transaction of etcd takes. */
const MANY_FIELDS = Array.from({ length: 58 }, (_, i) => aField(`number_${i}`, { nullable: true }));

/** Every kind of collection that is stored differently. */
export const shapes: readonly Shape[] = [
  shape('plain', aSchema()),
  shape('arrays', aSchema([aVarChar('title'), anArray('tags')])),
  shape('keyed', aSchema([tenant()]), { partitions: 5, numPartitions: 5n, shardsNum: 2 }),
  shape('keyed-64', aSchema([tenant()]), { partitions: 64, numPartitions: 64n }),
  shape('sharded', aSchema(), { shardsNum: 16, consistencyLevel: ConsistencyLevel.Strong }),
  shape('dynamic', aSchema([], { enableDynamicField: true }), {
    properties: [{ key: 'collection.ttl.seconds', value: '3600' }],
  }),
  shape(
    'functions',
    aSchema([anAnalysedText(), aSparseVector('sparse')], {
      functions: [aFunction()],
      structArrayFields: [aStruct('parts', [anArray('sizes')])],
    }),
    { isForFront: true },
  ),
  shape('wide', aSchema([tenant(), ...MANY_FIELDS]), { partitions: 64, numPartitions: 64n }),
  shape('wide-dynamic', aSchema([tenant(), ...MANY_FIELDS], { enableDynamicField: true }), {
    partitions: 64,
    numPartitions: 64n,
    shardsNum: 4,
  }),
];

export const createRequest = (of: Shape, collectionName: string): CreateCollectionRequest =>
  CreateCollectionRequest.fromPartial({
    base: MsgBase.fromPartial({ msgType: MsgType.CreateCollection }),
    collectionName,
    schema: CollectionSchema.encode({ ...of.schema, name: collectionName }).finish(),
    shardsNum: of.shardsNum,
    consistencyLevel: of.consistencyLevel,
    properties: [...of.properties],
    numPartitions: of.numPartitions,
  });

/** What a collection says of itself in DescribeCollection, as far as its definition decides it. */
interface Traits {
  readonly name: string;
  readonly fields: readonly string[];
  readonly structs: readonly string[];
  readonly functions: readonly string[];
  readonly isDynamic: boolean;
  readonly partitions: bigint;
  readonly shards: number;
  readonly channels: number;
  readonly consistencyLevel: number;
  readonly properties: readonly string[];
}

const pair = ({ key, value }: KeyValuePair): string => `${key}=${value}`;

function schemaTraits(schema: CollectionSchema) {
  return {
    fields: schema.fields.map(({ name, dataType, isPartitionKey, typeParams }) =>
      [name, dataType, isPartitionKey, ...typeParams.map(pair)].join(' '),
    ),
    structs: schema.structArrayFields.map(({ name, fields }) => `${name} ${fields.length}`),
    functions: schema.functions.map(({ name, outputFieldNames }) => `${name} ${outputFieldNames}`),
    isDynamic: schema.enableDynamicField,
  };
}

function wantedTraits(of: Shape, name: string): Traits {
  return {
    name,
    ...schemaTraits(of.schema),
    partitions: BigInt(of.partitions),
    shards: of.shardsNum,
    channels: of.shardsNum,
    consistencyLevel: of.consistencyLevel,
    properties: of.properties.map(pair),
  };
}

function shownTraits(reply: DescribeCollectionResponse, schema: CollectionSchema): Traits {
  const { collectionID, physicalChannelNames, virtualChannelNames } = reply;
  const channels = new Set(
    physicalChannelNames.filter(
      (name, i) => virtualChannelNames[i] === `${name}_${collectionID}v${i}`,
    ),
  );
  return {
    name: reply.collectionName,
    ...schemaTraits(schema),
    partitions: reply.numPartitions,
    shards: reply.shardsNum,
    channels: channels.size,
    consistencyLevel: reply.consistencyLevel,
    properties: reply.properties.map(pair),
  };
}

const text = (traits: Traits): string =>
  JSON.stringify(traits, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );

/**
 * The shape a visible collection was made from.
 *
 * @throws Violation when anything of it is missing or different: a half-visible object.
 */
export function shapeOf(name: string, reply: DescribeCollectionResponse): Shape {
  const { schema } = reply;
  const found = shapes.find((candidate) => candidate.name === schema?.description);
  if (!schema || !found) throw new Violation(`${name} is nothing anybody created`, reply);
  const wanted = text(wantedTraits(found, name));
  const shown = text(shownTraits(reply, schema));
  if (wanted === shown) return found;
  throw new Violation(`${name} is visible, but not as it was created`, { wanted, shown });
}
