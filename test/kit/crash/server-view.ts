import type { DescribeCollectionResponse } from '../../../src/gen/milvus.js';
import type { Connection } from './connection.js';
import { Violation } from './violation.js';

/** What clients see under each name; undefined where there is nothing. */
export type ServerView = ReadonlyMap<string, DescribeCollectionResponse | undefined>;

const SUCCESS = 0;
export const COLLECTION_NOT_FOUND = 100;

/**
 * Reads every name in each way there is while nobody changes anything.
 *
 * @throws Violation when the ways disagree, or a name is visible that nobody created.
 */
export async function readEverything(
  connection: Connection,
  names: readonly string[],
): Promise<ServerView> {
  const shown = await connection.show();
  const shownIds = new Map(shown.collectionNames.map((name, i) => [name, shown.collectionIds[i]]));
  const entries = await Promise.all(
    names.map(async (name) => {
      const [has, reply] = await Promise.all([connection.has(name), connection.describe(name)]);
      const described = foundIn(name, reply);
      const agree = has.value === (described !== undefined);
      if (!agree || shownIds.get(name) !== described?.collectionID) {
        throw new Violation(`Has, Describe and Show disagree about ${name}`, {
          has,
          described,
          shown: shownIds.get(name),
        });
      }
      shownIds.delete(name);
      return [name, described] as const;
    }),
  );
  if (shownIds.size > 0) throw new Violation('collections of unknown names', [...shownIds]);
  return new Map(entries);
}

/** The collection of a describe, or undefined when it says that there is none. */
export function foundIn(
  name: string,
  reply: DescribeCollectionResponse,
): DescribeCollectionResponse | undefined {
  const code = reply.status?.code;
  if (code === SUCCESS) return reply;
  if (code === COLLECTION_NOT_FOUND) return undefined;
  throw new Violation(`describing ${name} fails`, reply.status);
}
