import { CoordError } from '../domain/errors.js';
import { checkCollectionName } from '../domain/names.js';
import { MilvusServiceService } from '../gen/milvus.js';
import { batchDescribeReply, refusedDescribe } from '../rpc/batch-describe-reply.js';
import { unary } from '../rpc/unary.js';
import { inClientsWords } from './clients-words.js';
import type { FrontDeps } from './collection.handlers.js';
import { requestDatabase } from './request-database.js';

/** The widest schemas take some 40 KiB each: 1024 of them stay under the 64 MiB SDKs receive. */
const COLLECTIONS_MAX = 1024;

/**
 * Describes collections by name, then by id, in the order asked for. Each answer has a status of
 * its own; a collection that is missing is no failure of the others. One at a time goes through
 * the work lane, so that a long batch does not hold up other requests.
 */
export function batchDescribeHandler(deps: FrontDeps) {
  const describe = (databaseName: string, name: string, collectionId: bigint): Uint8Array => {
    try {
      const collectionName =
        collectionId === 0n ? checkCollectionName(name, deps.schemaLimits.maxNameLength) : '';
      const query = { databaseName, collectionName, collectionId, at: 0n };
      return deps.root().describeCollection(query, 'public');
    } catch (caught) {
      if (!(caught instanceof CoordError)) throw caught;
      return refusedDescribe(CoordError.from(inClientsWords(caught)));
    }
  };

  const describeInTurn = (...asked: Parameters<typeof describe>): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const isTaken = deps.lane.run(() => {
        try {
          resolve(describe(...asked));
        } catch (caught) {
          reject(caught);
        }
      });
      if (!isTaken) reject(CoordError.of('TooManyRequests'));
    });

  return unary(deps, MilvusServiceService.batchDescribeCollection, async (call) => {
    const { collectionName: names, collectionID: ids } = call.request;
    checkCount(names.length + ids.length);
    const databaseName = requestDatabase(call);
    const answers: Uint8Array[] = [];
    for (const name of names) answers.push(await describeInTurn(databaseName, name, 0n));
    for (const id of ids) answers.push(await describeInTurn(databaseName, '', id));
    return batchDescribeReply(answers);
  });
}

function checkCount(count: number): void {
  if (count <= COLLECTIONS_MAX) return;
  throw CoordError.invalid(
    `at most ${COLLECTIONS_MAX} collections can be described at once, got ${count}`,
  );
}
