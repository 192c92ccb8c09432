import type { Database } from 'lmdb';
import { keyCodec } from './key-codec.js';
import { type Environment, type EnvironmentKind, openLmdb } from './lmdb-environment.js';
import { ValueCodec } from './value-codec.js';

const KIND: EnvironmentKind = {
  noun: 'metastore',
  directory: 'meta',
  formatKey: 'rootstock-meta-format',
  formatVersion: 1,
  unavailable: 'MetaStoreUnavailable',
};

interface MetaDatabases {
  readonly data: Database<Uint8Array, string>;
  /** Who owns the store; versions of its entries are epochs. */
  readonly ownership: Database<string, string>;
}

/** The open databases of one store. */
export type MetaEnvironment = Environment<MetaDatabases>;

const DATA = { encoding: 'binary', encoder: new ValueCodec(), keyEncoder: keyCodec } as const;

/** Opens or makes `<dataDir>/meta`; every failure is a `CoordError` that names the path. */
export const openEnvironment = (dataDir: string): Promise<MetaEnvironment> =>
  openLmdb(dataDir, KIND, (root) => ({
    data: root.openDB<Uint8Array, string>('data', DATA),
    ownership: root.openDB<string, string>('ownership', {
      encoding: 'string',
      useVersions: true,
    }),
  }));
