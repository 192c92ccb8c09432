import { CoordError } from '../../domain/errors.js';
import { MsgHeader, MsgType } from '../../gen/common.js';
import {
  CreateCollectionRequest,
  CreatePartitionRequest,
  DropCollectionRequest,
  DropPartitionRequest,
  TimeTickMsg,
} from '../../gen/msg.js';
import type { ChannelMessage } from '../../ports/message-stream.js';

/** A message of RootCoord's own as it stands on a physical channel (facts/wire-surface §5.2). */
export type ChannelMsg =
  | { readonly type: 'CreateCollection'; readonly body: CreateCollectionRequest }
  | { readonly type: 'DropCollection'; readonly body: DropCollectionRequest }
  | { readonly type: 'CreatePartition'; readonly body: CreatePartitionRequest }
  | { readonly type: 'DropPartition'; readonly body: DropPartitionRequest }
  | { readonly type: 'TimeTick'; readonly body: TimeTickMsg };

/** Readers since 2.5 learn the type from it; older ones fall back to the payload. */
const TYPE_PROPERTY = 'msg_type';

/** The record of a message: the plain protobuf bytes of its request, and its type's name. */
export const encodeChannelMsg = (msg: ChannelMsg): ChannelMessage => ({
  payload: encodeBody(msg),
  properties: { [TYPE_PROPERTY]: msg.type },
});

function encodeBody(msg: ChannelMsg): Uint8Array {
  switch (msg.type) {
    case 'CreateCollection':
      return CreateCollectionRequest.encode(msg.body).finish();
    case 'DropCollection':
      return DropCollectionRequest.encode(msg.body).finish();
    case 'CreatePartition':
      return CreatePartitionRequest.encode(msg.body).finish();
    case 'DropPartition':
      return DropPartitionRequest.encode(msg.body).finish();
    case 'TimeTick':
      return TimeTickMsg.encode(msg.body).finish();
  }
}

/**
 * Reads a record the way consumers of msgstream do: its header first, then the message of that
 * type. Nothing for a type RootCoord does not send, such as a proxy's inserts.
 *
 * @throws CoordError for a record without a header, which no channel should have.
 */
export function decodeChannelMsg({ payload }: ChannelMessage): ChannelMsg | undefined {
  switch (typeOf(payload)) {
    case MsgType.CreateCollection:
      return { type: 'CreateCollection', body: CreateCollectionRequest.decode(payload) };
    case MsgType.DropCollection:
      return { type: 'DropCollection', body: DropCollectionRequest.decode(payload) };
    case MsgType.CreatePartition:
      return { type: 'CreatePartition', body: CreatePartitionRequest.decode(payload) };
    case MsgType.DropPartition:
      return { type: 'DropPartition', body: DropPartitionRequest.decode(payload) };
    case MsgType.TimeTick:
      return { type: 'TimeTick', body: TimeTickMsg.decode(payload) };
    default:
      return undefined;
  }
}

/** `base` is field 1 of every message, so the header is read without knowing the rest. */
function typeOf(payload: Uint8Array): MsgType {
  const base = headerOf(payload).base;
  if (base === undefined) throw CoordError.plain('a message on a channel has no base');
  return base.msgType;
}

function headerOf(payload: Uint8Array): MsgHeader {
  try {
    return MsgHeader.decode(payload);
  } catch (cause) {
    throw new CoordError('Unexpected', 'a message on a channel cannot be read', { cause });
  }
}
