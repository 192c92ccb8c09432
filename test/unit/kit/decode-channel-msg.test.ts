import { describe, expect, it } from 'vitest';
import { MsgType } from '../../../src/gen/common.js';
import { InsertRequest } from '../../../src/gen/msg.js';
import { decodeChannelMsg } from '../../kit/decode-channel-msg.js';

describe('the reader of messages on a channel', () => {
  it('passes over what others put there', () => {
    const insert = InsertRequest.fromPartial({ base: { msgType: MsgType.Insert } });
    const payload = InsertRequest.encode(insert).finish();
    expect(decodeChannelMsg({ payload, properties: {} })).toBeUndefined();
  });

  it.each([
    ['nothing', Uint8Array.of()],
    ['no base', InsertRequest.encode(InsertRequest.fromPartial({ shardName: 'shop' })).finish()],
    ['no protobuf', Uint8Array.of(0x0a, 0xff)],
  ])('refuses a record with %s', (_name, payload) => {
    expect(() => decodeChannelMsg({ payload, properties: {} })).toThrow();
  });
});
