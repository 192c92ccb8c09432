import { beforeEach, describe, expect, it } from 'vitest';
import { MsgBase, MsgType } from '../../../../src/gen/common.js';
import { InvalidateCollMetaCacheRequest } from '../../../../src/gen/proxy.js';
import {
  aliasInvalidation,
  databaseInvalidation,
} from '../../../../src/root/proxies/cache-invalidations.js';
import { MissedInvalidations } from '../../../../src/root/proxies/missed-invalidations.js';

const LIMIT = 256;
const SOURCE = 4n;

const alias = (i: number) => aliasInvalidation('default', `a${i}`, SOURCE);
const dropOfDatabase = (i: number) => databaseInvalidation(`db${i}`, SOURCE);
const dropOfCollection = (i: number) =>
  InvalidateCollMetaCacheRequest.fromPartial({
    base: MsgBase.fromPartial({ msgType: MsgType.DropCollection }),
    collectionID: BigInt(i + 1),
  });
const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

let missed: MissedInvalidations;
beforeEach(() => {
  missed = new MissedInvalidations();
});

const addAll = (requests: readonly InvalidateCollMetaCacheRequest[]) => {
  for (const request of requests) missed.add(request);
};

describe('what a proxy missed', () => {
  it('is each request once, and nothing after it was taken', () => {
    addAll([alias(1), dropOfDatabase(1), alias(1), dropOfDatabase(1)]);
    expect(missed.take()).toEqual([alias(1), dropOfDatabase(1)]);
    expect(missed.take()).toEqual([]);
  });

  it('is the latest beyond the limit, whatever of it was put back', () => {
    missed.add(alias(LIMIT));
    missed.putBack(many(LIMIT, alias));
    expect(missed.take()).toEqual(many(LIMIT, (i) => alias(i + 1)));
  });

  it('keeps drops of databases before drops of collections before all else', () => {
    addAll([...many(2, dropOfDatabase), ...many(2, dropOfCollection), ...many(2 * LIMIT, alias)]);
    const kept = missed.take();
    expect(kept).toHaveLength(LIMIT);
    expect(kept).toEqual(
      expect.arrayContaining([...many(2, dropOfDatabase), ...many(2, dropOfCollection)]),
    );
    addAll([...many(2, dropOfDatabase), ...many(LIMIT, dropOfCollection)]);
    expect(missed.take()).toEqual([
      ...many(LIMIT - 2, (i) => dropOfCollection(i + 2)),
      ...many(2, dropOfDatabase),
    ]);
  });
});
