import { expect, it } from 'vitest';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { decodeImage, encodeImage } from '../../../../src/root/catalog/collection.codec.js';
import { loadCatalog } from '../../../../src/root/catalog/load.js';
import {
  aDatabase,
  collectionWrites,
  databaseWrite,
  KEYS,
  storeOf,
} from '../../../kit/catalog-store.js';
import { aRecord } from '../../../kit/records.js';

const HIGH = (2n ** 62n + 1n) as Timestamp;

it.each([
  ['never truncated', []],
  ['truncated on every shard', [HIGH, (HIGH + 1n) as Timestamp]],
])('when a collection was truncated is stored and read back exactly: %s', async (_, times) => {
  const record = aRecord({ lastTruncatedAt: times });
  expect(decodeImage(encodeImage(record)).lastTruncatedAt).toEqual(times);
  const { store } = storeOf([databaseWrite(aDatabase()), ...collectionWrites(record)]);
  const { catalog } = await loadCatalog(store, KEYS);
  expect(catalog.collectionById(record.id)?.lastTruncatedAt).toEqual(times);
});
