import type { KeyValue, MetaStore } from '../../ports/meta-store.js';
import type { CatalogKeys } from '../catalog/keys.js';
import type { CommitPacker } from './commit-packer.js';
import type { MigrationTally } from './migration-report.js';
import type { OldKeys } from './old-keys.js';
import { isTombstone } from './stored-value.js';

/** What every step of one migration works with. */
export interface Migration {
  readonly store: MetaStore;
  readonly packer: CommitPacker;
  readonly keys: CatalogKeys;
  readonly oldKeys: OldKeys;
  readonly tally: MigrationTally;
}

/** Visits what lives under a prefix, in key order, and sweeps the tombstones there. */
export async function forEachLiving(
  { store, packer, tally }: Migration,
  prefix: string,
  visit: (row: KeyValue) => Promise<void> | void,
): Promise<void> {
  for await (const page of store.scan(prefix)) {
    for (const row of page) {
      if (isTombstone(row.value)) {
        await packer.together([{ kind: 'remove', key: row.key }]);
        tally.tombstones += 1;
      } else {
        await visit(row);
      }
    }
  }
}
