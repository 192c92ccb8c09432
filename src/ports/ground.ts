import { isKind } from '../domain/errors.js';
import type { Fence, MetaStore } from './meta-store.js';

/** What a coordinator stands on while it leads. */
export interface Ground {
  readonly store: MetaStore;
  readonly fence: Fence;
  /** Ends the leadership: something broke that only a restart can mend. */
  readonly onBroken: (reason: unknown) => void;
}

/**
 * Settles with work that commits to the store. When it fails with `MetaStoreUnavailable`, nothing
 * was written and memory is still true. After any other failure nobody here knows what the store
 * holds: the fence is gone or the outcome unknown (see `MetaStore`), and the leadership is over.
 */
export async function commitOrBreak<T>(
  { onBroken }: Pick<Ground, 'onBroken'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (!isKind(caught, 'MetaStoreUnavailable')) onBroken(caught);
    throw caught;
  }
}
