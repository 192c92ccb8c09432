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
