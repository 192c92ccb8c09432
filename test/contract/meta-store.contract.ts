import { describe } from 'vitest';
import { type MetaStoreHarness, useBed } from '../kit/meta-store-bed.js';
import { commitsContract } from './meta-store-commits.contract.js';
import { ownershipContract } from './meta-store-ownership.contract.js';
import { readsContract } from './meta-store-reads.contract.js';

/** What every metastore promises (`src/ports/meta-store.ts`), asked of a real one. */
export function metaStoreContract(name: string, start: () => Promise<MetaStoreHarness>): void {
  describe(`MetaStore: ${name}`, () => {
    const bedOf = useBed(start);
    readsContract(bedOf);
    commitsContract(bedOf);
    ownershipContract(bedOf);
  });
}
