import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { CoordError } from '../domain/errors.js';
import { StatusOk, statusOf } from '../domain/status.js';
import { Status } from '../gen/common.js';
import { DescribeCollectionResponse } from '../gen/milvus.js';
import { CollectionSchema } from '../gen/schema.js';

/** Field numbers of `BatchDescribeCollectionResponse`. */
const STATUS = 1;
const RESPONSES = 2;

/** @param answers encoded `DescribeCollectionResponse`s; each is put in as it is. */
export function batchDescribeReply(answers: readonly Uint8Array[]): Uint8Array {
  const status = Status.encode(StatusOk).finish();
  const writer = new BinaryWriter().tag(STATUS, WireType.LengthDelimited).bytes(status);
  for (const answer of answers) writer.tag(RESPONSES, WireType.LengthDelimited).bytes(answer);
  return writer.finish();
}

/**
 * One answer that says no. It carries an empty schema: the Node SDK (3.0.6) looks into the schema
 * of every answer before it looks at its status.
 */
export const refusedDescribe = (error: CoordError): Uint8Array =>
  DescribeCollectionResponse.encode(
    DescribeCollectionResponse.fromPartial({
      status: statusOf(error),
      schema: CollectionSchema.create(),
    }),
  ).finish();
