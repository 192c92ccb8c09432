import { DEFAULT_DATABASE_NAME } from '../domain/ids.js';
import {
  type DroppedObject,
  ListDroppedRequest,
  type ListDroppedResponse,
  UndropCollectionRequest,
  UndropPartitionRequest,
  type UndropResponse,
} from '../gen/control.js';
import { checkStatus } from './call-error.js';
import { kindWord, timeText } from './change-line.js';
import { type ClientOptions, Connection } from './connection.js';
import { EXIT_OK } from './exit-codes.js';
import { Output, printable } from './output.js';
import { UsageError } from './usage-error.js';
import { readId } from './whole-numbers.js';

export interface UndropOptions extends ClientOptions {
  readonly collection?: string | undefined;
  readonly list?: boolean;
  readonly partition?: string;
  readonly id?: string;
  readonly as?: string;
  readonly db?: string;
}

/**
 * `rootstock undrop`: brings a dropped object back, or lists what can be. @returns the exit code.
 * @throws UsageError, and CoordError with the server's words when it is refused.
 */
export async function runUndrop(options: UndropOptions): Promise<number> {
  checkOptions(options);
  const output = new Output(process.stdout);
  await Connection.use(options, async (connection) => {
    if (options.list) await list(connection, options, output);
    else if (options.partition === undefined) await undropCollection(connection, options, output);
    else await undropPartition(connection, options, output);
  });
  await output.flush();
  return EXIT_OK;
}

function checkOptions({ collection, list, partition, id, as }: UndropOptions): void {
  if (list) {
    if (collection ?? partition ?? id ?? as) throw new UsageError('--list takes only --db');
    return;
  }
  if (collection === undefined && (partition !== undefined || id === undefined)) {
    throw new UsageError('which collection? name it, or list what there is with --list');
  }
  if (partition !== undefined && as !== undefined) {
    throw new UsageError('a partition comes back under its own name, without --as');
  }
}

async function list({ control, call }: Connection, { db = '' }: UndropOptions, output: Output) {
  const request = ListDroppedRequest.fromPartial({ dbName: db });
  const { objects } = await call<ListDroppedResponse>((metadata, options, done) =>
    control.listDropped(request, metadata, options, done),
  );
  if (objects.length === 0) process.stderr.write('nothing that was dropped can be brought back\n');
  await output.lines(objects.map(droppedLine));
}

/** `collection 12 shop.books dropped 2026-… kept until 2026-…` */
export function droppedLine(dropped: DroppedObject): string {
  const { kind, objectId, dbName, collectionName, partitionName } = dropped;
  const name = [dbName, collectionName, partitionName].filter(Boolean).join('.');
  const until = new Date(Number(dropped.keptUntilMs)).toISOString();
  const when = `dropped ${timeText(dropped.droppedTimestamp)} kept until ${until}`;
  return printable(`${kindWord(kind)} ${objectId} ${name} ${when}`);
}

async function undropCollection(
  { control, call }: Connection,
  { collection = '', id, as = '', db = DEFAULT_DATABASE_NAME }: UndropOptions,
  output: Output,
) {
  const request = UndropCollectionRequest.fromPartial({
    dbName: db,
    collectionName: collection,
    collectionId: id === undefined ? 0n : readId('--id', id),
    newName: as,
  });
  const answer = await call<UndropResponse>((metadata, options, done) =>
    control.undropCollection(request, metadata, options, done),
  );
  const name = as || collection || 'with its own name';
  await tell(answer, `collection ${name} (${answer.objectId}) is back in ${db}`, output);
}

async function undropPartition(
  { control, call }: Connection,
  { collection = '', partition = '', id, db = DEFAULT_DATABASE_NAME }: UndropOptions,
  output: Output,
) {
  const request = UndropPartitionRequest.fromPartial({
    dbName: db,
    collectionName: collection,
    partitionName: partition,
    partitionId: id === undefined ? 0n : readId('--id', id),
  });
  const answer = await call<UndropResponse>((metadata, options, done) =>
    control.undropPartition(request, metadata, options, done),
  );
  await tell(
    answer,
    `partition ${partition} (${answer.objectId}) is back in ${db}.${collection}`,
    output,
  );
}

async function tell({ status, aliasesLost }: UndropResponse, text: string, output: Output) {
  checkStatus(status);
  await output.lines([printable(text)]);
  for (const alias of aliasesLost) {
    process.stderr.write(
      printable(`alias ${alias} did not come back: its name is taken`).concat('\n'),
    );
  }
}
