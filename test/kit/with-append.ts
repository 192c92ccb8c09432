import type { MessageStream } from '../../src/ports/message-stream.js';

/** The same stream with other appends. */
export const withAppend = (
  stream: MessageStream,
  append: MessageStream['append'],
): MessageStream => ({
  limits: stream.limits,
  lost: stream.lost,
  createChannel: (channel) => stream.createChannel(channel),
  deleteChannel: (channel) => stream.deleteChannel(channel),
  channels: (prefix) => stream.channels(prefix),
  append,
  lastPosition: (channel) => stream.lastPosition(channel),
  read: (channel, start, limit) => stream.read(channel, start, limit),
  subscribe: (channel, start, signal) => stream.subscribe(channel, start, signal),
  storePosition: (channel, reader, position) => stream.storePosition(channel, reader, position),
  storedPosition: (channel, reader) => stream.storedPosition(channel, reader),
  forgetReader: (channel, reader) => stream.forgetReader(channel, reader),
  truncate: (channel, before) => stream.truncate(channel, before),
  close: () => stream.close(),
});
