import type { CreateCollectionCommand } from '../../src/root/ddl/commands.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { aCreate, aDrop, aPartitionedCreate } from './ddl-fixtures.js';
import type { PeerWorld } from './peer-world.js';
import { anAsker } from './root-runtime.js';
import type { VirtualClock } from './virtual-clock.js';
import { visibleCollections } from './visible-collections.js';

/** Partitions the scenario gives a collection of this name. */
export const partitionsOf = (name: string): number => (name === 'wide' ? 300 : 1);

export const commandFor = (name: string): CreateCollectionCommand =>
  name === 'wide' ? aPartitionedCreate(name, partitionsOf(name)) : aCreate(name);

/** Every name the scenario uses. */
export const SCENARIO_NAMES = ['plain', 'wide', 'doomed', 'left', 'right'] as const;

/** The visible collections at one moment, as a client saw them then. */
export interface Sighting {
  readonly at: bigint;
  readonly collections: readonly string[];
}

export const listedAt = (root: RootCoord, at: bigint): string[] =>
  visibleCollections(root, 'default', at)
    .map(({ name, id }) => `${name}#${id}`)
    .sort();

/** What clients were told before the process died: what must hold ever after. */
export class ClientMemory {
  /** Names whose last command was answered. */
  readonly known = new Map<string, 'present' | 'absent'>();
  readonly sightings: Sighting[] = [];
  /** The last ones anybody was given. */
  lastId = 0n;
  lastTimestamp = 0n;

  /** A command on this name is under way: until it is answered either outcome is possible. */
  async while(name: string, command: Promise<unknown>, then: 'present' | 'absent'): Promise<void> {
    this.known.delete(name);
    await command;
    this.known.set(name, then);
  }

  /** Looks around the way a client would. */
  async look(root: RootCoord): Promise<void> {
    const at = await root.allocateTimestamps(1, 0n);
    this.sightings.push({ at, collections: listedAt(root, at) });
    this.lastTimestamp = at;
    this.lastId = await root.allocateIds(1);
  }
}

interface Stage {
  readonly root: RootCoord;
  readonly clock: VirtualClock;
  readonly world: PeerWorld;
  readonly memory: ClientMemory;
}

const create = ({ root, memory }: Stage, name: string): Promise<void> =>
  memory.while(name, root.createCollection(commandFor(name), anAsker()), 'present');

const drop = ({ root, memory }: Stage, name: string): Promise<void> =>
  memory.while(name, root.dropCollection(aDrop(name), anAsker()), 'absent');

/** A create whose channels nobody will watch; being refused is its right outcome. */
async function createInVain({ root, memory, world }: Stage, name: string): Promise<void> {
  world.refuseNext('watchChannels', 1);
  const refused = root.createCollection(commandFor(name), anAsker()).then(
    () => Promise.reject(new Error(`${name} was created although nobody watches its channels`)),
    () => undefined,
  );
  await memory.while(name, refused, 'absent');
}

/** Longer than the first three pauses between attempts together. */
const RETRIES_MS = 1_000;

/** A short life of a coordinator in which every kind of work is done at least once. */
export async function playScenario(stage: Stage): Promise<void> {
  const { clock, world, memory, root } = stage;
  await memory.look(root);
  await create(stage, 'plain');
  await create(stage, 'wide');
  await memory.look(root);
  await drop(stage, 'plain');
  await memory.look(root);
  await create(stage, 'plain');
  world.refuseNext('unwatchChannels', 1);
  await createInVain(stage, 'doomed');
  await clock.advance(RETRIES_MS);
  await memory.look(root);
  world.refuseNext('releaseCollection', 2);
  await drop(stage, 'wide');
  await clock.advance(RETRIES_MS);
  await Promise.all([create(stage, 'left'), drop(stage, 'plain'), create(stage, 'right')]);
  await clock.advance(RETRIES_MS);
  await memory.look(root);
}
