import type { ConsistencyLevel, KeyValuePair } from '../gen/common.js';
import type { CollectionSchema, FieldSchema, FunctionSchema } from '../gen/schema.js';

interface InDatabase {
  readonly database: string;
}

interface InCollection extends InDatabase {
  readonly collection: string;
}

interface Setting {
  readonly properties: readonly KeyValuePair[];
}

interface Removing {
  readonly keys: readonly string[];
}

/** Everything a create carries. */
export interface CreateCollectionStep extends InCollection, Setting {
  readonly kind: 'createCollection';
  readonly schema: CollectionSchema;
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  /** 0 leaves it to the server. */
  readonly numPartitions: number;
}

/** Where a collection goes. */
export interface RenameCollectionStep extends InCollection {
  readonly kind: 'renameCollection';
  readonly newDatabase: string;
  readonly newName: string;
}

/** One DDL request. */
export type Step =
  | (InDatabase & Setting & { readonly kind: 'createDatabase' })
  | (InDatabase & Setting & { readonly kind: 'setDatabaseProperties' })
  | (InDatabase & Removing & { readonly kind: 'removeDatabaseProperties' })
  | (InDatabase & { readonly kind: 'dropDatabase' })
  | RenameCollectionStep
  | CreateCollectionStep
  | (InCollection & Setting & { readonly kind: 'setCollectionProperties' })
  | (InCollection & Removing & { readonly kind: 'removeCollectionProperties' })
  | (InCollection & { readonly kind: 'dropCollection' })
  | (InCollection & { readonly kind: 'addField'; readonly field: FieldSchema })
  | (InCollection & Setting & { readonly kind: 'setFieldParams'; readonly field: string })
  | (InCollection & Removing & { readonly kind: 'removeFieldParams'; readonly field: string })
  | (InCollection & { readonly kind: 'addFunction' | 'alterFunction'; readonly fn: FunctionSchema })
  | (InCollection & { readonly kind: 'dropFunction'; readonly name: string })
  | (InCollection & {
      readonly kind: 'createPartition' | 'dropPartition';
      readonly partition: string;
    })
  | (InCollection & {
      readonly kind: 'createAlias' | 'alterAlias' | 'dropAlias';
      readonly alias: string;
    });

export type StepKind = Step['kind'];

/**
 * The order in which steps are performed, a group after the other. Steps of one group do not need
 * each other, except that those of one collection keep the order they have.
 */
export const STAGES: readonly (readonly StepKind[])[] = [
  ['createDatabase'],
  ['setDatabaseProperties'],
  ['renameCollection'],
  ['createCollection'],
  ['setCollectionProperties'],
  ['addField', 'setFieldParams'],
  ['addFunction', 'alterFunction'],
  ['createPartition'],
  ['createAlias', 'alterAlias'],
  ['dropAlias'],
  ['dropPartition'],
  ['dropFunction', 'removeFieldParams'],
  ['removeCollectionProperties'],
  ['dropCollection'],
  ['removeDatabaseProperties'],
  ['dropDatabase'],
];

/** The steps of each stage that has any, in order. */
export function byStage(steps: readonly Step[]): readonly (readonly Step[])[] {
  const stageOf = new Map(STAGES.flatMap((kinds, at) => kinds.map((kind) => [kind, at] as const)));
  const stages = STAGES.map((): Step[] => []);
  for (const step of steps) stages[stageOf.get(step.kind) ?? 0]?.push(step);
  return stages.filter((stage) => stage.length > 0);
}

/** Names the collection, or else the database, a step is about: such steps never overtake. */
export const subjectOf = (step: Step): string =>
  'collection' in step ? `${step.database}.${step.collection}` : step.database;
