import type { Database } from 'lmdb';
import { type Environment, type EnvironmentKind, openLmdb } from './lmdb-environment.js';
import { ValueCodec } from './value-codec.js';

const KIND: EnvironmentKind = {
  noun: 'message stream',
  directory: 'messages',
  formatKey: 'rootstock-messages-format',
  formatVersion: 1,
  unavailable: 'MessageStreamUnavailable',
};

interface MessageDatabases {
  /** Channel records by channel name. */
  readonly channels: Database<string, string>;
  /** Messages in blocks, in the order of channel and sequence number; see block-key. */
  readonly blocks: Database<Uint8Array, Uint8Array>;
  /** Positions of a channel's readers by channel id; the version counts the changes. */
  readonly readers: Database<string, string>;
  /** Who writes; the version of its entry is counted up by every new writer. */
  readonly writers: Database<string, string>;
}

/** The open databases of one message stream. */
export type MessageEnvironment = Environment<MessageDatabases>;

const BLOCKS = { encoding: 'binary', encoder: new ValueCodec(), keyEncoding: 'binary' } as const;

/** Opens or makes `<dataDir>/messages`; every failure is a `CoordError` that names the path. */
export const openMessageEnvironment = (dataDir: string): Promise<MessageEnvironment> =>
  openLmdb(dataDir, KIND, (root) => ({
    channels: root.openDB<string, string>('channels', { encoding: 'string' }),
    blocks: root.openDB<Uint8Array, Uint8Array>('blocks', BLOCKS),
    readers: root.openDB<string, string>('readers', { encoding: 'string', useVersions: true }),
    writers: root.openDB<string, string>('writers', { encoding: 'string', useVersions: true }),
  }));
