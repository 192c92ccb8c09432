import { CoordError } from '../../domain/errors.js';
import type { CollectionId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import {
  type CollectionSummary,
  ControlServiceService,
  ListCollectionsResponse,
} from '../../gen/control.js';
import { PageById } from '../../root/collection/page-by-id.js';
import type { RootCoord } from '../../root/root-coord.js';
import { encodeInSteps } from '../encode-in-steps.js';
import { databaseOf } from '../root/request.js';
import { type RpcDeps, unary } from '../unary.js';
import type { WorkLane } from '../work-lane.js';
import { decodePageToken, encodePageToken } from './page-token.js';

const PAGE_SIZE_DEFAULT = 1_000;
/** Some 1 MiB with long names, well below the 4 MiB clients take by default. */
export const PAGE_SIZE_MAX = 10_000;

/** Records looked at in one step, for one page: less than a millisecond. */
const STEP_PLACES = 1_024;

const BEFORE_ALL = 0n as CollectionId;

/** Collections in pages: in the order of ids, so that what comes and goes shifts nothing. */
export function listingHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    listCollections: unary(deps, ControlServiceService.listCollections, async ({ request }) => {
      const databaseName = databaseOf(request);
      const size = pageSizeOf(request.pageSize);
      const { listings } = root();
      const databaseId = listings.databaseId(databaseName);
      const after =
        request.pageToken === '' ? BEFORE_ALL : decodePageToken(request.pageToken, databaseId);
      const all = listings.collections(databaseName, 0n);
      const { collections, isLast } = await selectPage(deps.lane, all, new PageById(after, size));
      const last = collections.at(-1);
      const nextPageToken = isLast || !last ? '' : encodePageToken(databaseId, last.id);
      return encodeInSteps(deps.lane, collections, (part, writer) => {
        const summaries = part.map((record) => summaryOf(record, listings.aliasNamesOf(record)));
        ListCollectionsResponse.encode({ collections: summaries, nextPageToken }, writer);
      });
    }),
  };
}

async function selectPage(
  lane: WorkLane,
  all: Iterable<CollectionRecord | undefined>,
  page: PageById,
) {
  const iterator = all[Symbol.iterator]();
  for (let isEnd = false; !isEnd; ) {
    isEnd = await lane.step(() => {
      for (let places = 0; places < STEP_PLACES; places++) {
        const { done, value } = iterator.next();
        if (done) return true;
        if (value) page.look(value);
      }
      return false;
    });
  }
  return lane.step(() => ({ collections: page.collections(), isLast: page.isLast }));
}

function pageSizeOf(asked: number): number {
  if (asked <= PAGE_SIZE_MAX) return asked === 0 ? PAGE_SIZE_DEFAULT : asked;
  throw CoordError.invalid(`page_size ${asked} is more than ${PAGE_SIZE_MAX}`);
}

function summaryOf(record: CollectionRecord, aliases: readonly string[]): CollectionSummary {
  return {
    collectionId: record.id,
    name: record.name,
    createdTimestamp: record.createdAt,
    updateTimestamp: record.updatedAt,
    shardsNum: record.shardsNum,
    aliases: [...aliases],
  };
}
