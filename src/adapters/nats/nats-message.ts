import type { JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { positionAt } from '../../domain/stream-position.js';
import type { StoredMessage } from '../../ports/message-stream.js';

/** Headers the server and its client keep for themselves. */
const OWN_PREFIX = 'Nats-';

/** Properties as headers, under their own names as Milvus' natsmq has them. */
export function headersOf(properties: Readonly<Record<string, string>>): MsgHdrs {
  const all = headers();
  for (const [name, value] of Object.entries(properties)) all.set(name, value);
  return all;
}

/** A message as it came from JetStream; its bytes are the caller's to keep. */
export function storedMessageOf(message: JsMsg): StoredMessage {
  const properties: Record<string, string> = {};
  for (const [name, [value = '']] of message.headers ?? []) {
    if (!name.startsWith(OWN_PREFIX)) properties[name] = value;
  }
  return { payload: Uint8Array.from(message.data), properties, position: positionAt(message.seq) };
}
