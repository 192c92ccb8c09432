import type { CollectionRecord } from '../../domain/records.js';
import type { CollectionSchema } from '../../gen/schema.js';
import { withoutSlack } from './without-slack.js';

/** The same collection in as little memory as it takes, for as long as it lives. */
export function compactCollection(record: CollectionRecord): CollectionRecord {
  return {
    ...record,
    schema: compactSchema(record.schema),
    partitions: withoutSlack(record.partitions),
    virtualChannels: withoutSlack(record.virtualChannels),
    physicalChannels: withoutSlack(record.physicalChannels),
    startPositions: record.startPositions.map((position) => ({
      ...position,
      // What was decoded is a view that holds on to the whole page it was read in.
      data: Uint8Array.from(position.data),
    })),
    properties: withoutSlack(record.properties),
    lastTruncatedAt: withoutSlack(record.lastTruncatedAt),
  };
}

const compactSchema = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  fields: withoutSlack(schema.fields),
  functions: withoutSlack(schema.functions),
  structArrayFields: withoutSlack(schema.structArrayFields),
  properties: withoutSlack(schema.properties),
  fileResourceIds: withoutSlack(schema.fileResourceIds),
});
