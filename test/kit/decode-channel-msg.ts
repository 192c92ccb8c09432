import { MsgHeader, MsgType } from '../../src/gen/common.js';
import {
  CreateCollectionRequest,
  CreatePartitionRequest,
  DropCollectionRequest,
  DropPartitionRequest,
  TimeTickMsg,
} from '../../src/gen/msg.js';
import type { ChannelMessage } from '../../src/ports/message-stream.js';
import type { ChannelMsg } from '../../src/root/messages/channel-msg.js';

/**
 * Reads a record the way consumers of msgstream do: its header first, then the message of that
 * type. Nothing for a type RootCoord does not send, such as a proxy's inserts.
 *
 * @throws Error for a record without a header, which no channel should have.
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
  const { base } = MsgHeader.decode(payload);
  if (base === undefined) throw new Error('a message on a channel has no base');
  return base.msgType;
}
