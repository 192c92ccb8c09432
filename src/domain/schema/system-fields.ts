import { DataType, FieldSchema } from '../../gen/schema.js';

/** Ids below this belong to fields that only the servers know (facts/rootcoord §5.1). */
export const FIRST_USER_FIELD_ID = 100n;
export const FIRST_FUNCTION_ID = 100n;

/** Where a collection with dynamic fields keeps what the schema does not name. */
export const DYNAMIC_FIELD_NAME = '$meta';

/** Milvus 2.6 adds this partition key to a collection with a namespace. */
export const NAMESPACE_FIELD_NAME = '$namespace_id';

export const rowIdField = (): FieldSchema =>
  FieldSchema.fromPartial({
    fieldID: 0n,
    name: 'RowID',
    description: 'row id',
    dataType: DataType.Int64,
  });

export const timestampField = (): FieldSchema =>
  FieldSchema.fromPartial({
    fieldID: 1n,
    name: 'Timestamp',
    description: 'time stamp',
    dataType: DataType.Int64,
  });

export const dynamicField = (): FieldSchema =>
  FieldSchema.fromPartial({
    name: DYNAMIC_FIELD_NAME,
    description: 'dynamic schema',
    dataType: DataType.JSON,
    isDynamic: true,
  });

/** `$meta` of a collection that already has rows: they all hold an empty object (Milvus 2.6). */
export const addedDynamicField = (): FieldSchema => ({
  ...dynamicField(),
  nullable: true,
  defaultValue: { bytesData: Buffer.from('{}') },
});

/** Names no user's field may have, in the order Milvus' text lists them. */
export const SYSTEM_FIELD_NAMES: readonly string[] = ['RowID', 'Timestamp', DYNAMIC_FIELD_NAME];
