import type { DescMethod } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { CoordError } from '../domain/errors.js';
import { statusOf } from '../domain/status.js';
import { Status } from '../gen/common.js';
import { rpcAt } from './descriptors.js';

const STATUS_TYPE = 'milvus.proto.common.Status';

/** Turns a failure into the bytes of a whole response. */
export type RefusalEncoder = (error: CoordError) => Buffer;

/**
 * How the RPC at a gRPC path says no: its response is a Status, or has one at a field number of
 * its own (facts/wire-surface §0). Undefined for responses with no place for a status.
 */
export function refusalEncoder(path: string): RefusalEncoder | undefined {
  const encodeStatus = (error: CoordError) => Status.encode(statusOf(error)).finish();
  const { output } = rpcAt(path);
  if (output.typeName === STATUS_TYPE) return (error) => Buffer.from(encodeStatus(error));
  const number = statusFieldOf(output);
  if (number === undefined) return undefined;
  return (error) => {
    const writer = new BinaryWriter().tag(number, WireType.LengthDelimited);
    return Buffer.from(writer.bytes(encodeStatus(error)).finish());
  };
}

const statusFieldOf = (output: DescMethod['output']): number | undefined =>
  output.fields.find(
    ({ fieldKind, message }) => fieldKind === 'message' && message?.typeName === STATUS_TYPE,
  )?.number;
