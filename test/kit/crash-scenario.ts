import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { isKind } from '../../src/domain/errors.js';
import type { Asker } from '../../src/root/asker.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import type { ChannelWorld } from './channel-world.js';
import type { Picture } from './crash-picture.js';
import type { PeerWorld } from './peer-world.js';
import type { ExtraKeys } from './store-invariants.js';
import type { VirtualClock } from './virtual-clock.js';

/** What a client asks for; it settles with the answer. */
export type Command = (root: RootCoord, asker: Asker) => Promise<unknown>;

/** One command of a client, and what of a picture it may change. */
export interface Part {
  /** Keys of a picture; a command that runs alone may change any. */
  readonly touches: (key: string) => boolean;
  readonly run: Command;
  /** False when it is refused for a reason that passes: asked again it succeeds. */
  readonly isRetryable: boolean;
}

/** Commands given at the same moment; the next step waits for their answers. */
export interface Step {
  readonly words: string;
  readonly parts: readonly Part[];
  /** How the world is then: which calls it refuses. */
  readonly arrange: (world: PeerWorld) => void;
  /** How long nobody asks for anything afterwards; actors go on. */
  readonly restMs: number;
}

/** A short life of a coordinator in which one kind of work is done, ends and trouble included. */
export interface Scenario {
  readonly name: string;
  /** How long drops are kept; 0 by default. */
  readonly keepMs?: number;
  /** How many drops of a kind are kept; more than there are by default. */
  readonly keptMax?: number;
  /** How much goes into one commit; 128 by default, as in etcd. */
  readonly operationsMax?: number;
  /** Resting actors kept in memory. */
  readonly residentMax?: number;
  /** Every command has an idempotency key. */
  readonly isKeyed?: boolean;
  /** Keys of no object it may leave behind; none by default. */
  readonly leaves?: readonly ExtraKeys[];
  /** Done by a predecessor that died in peace; without it the store is fresh. */
  readonly before: readonly Step[];
  readonly steps: readonly Step[];
}

type StepOptions = Partial<Pick<Step, 'arrange' | 'restMs'> & Pick<Part, 'isRetryable'>>;

const nothing = (): void => {};

/** A command that is given alone. */
export const step = (
  words: string,
  run: Command,
  { isRetryable = true, arrange = nothing, restMs = 0 }: StepOptions = {},
): Step => ({ words, parts: [{ touches: () => true, run, isRetryable }], arrange, restMs });

/** Commands given at once; with each the names in a picture that only it may change. */
export const together = (
  words: string,
  commands: readonly (readonly [names: readonly string[], run: Command])[],
): Step => ({
  words,
  parts: commands.map(([names, run]) => ({
    touches: (key) => key.split(/[ /#]/).some((name) => names.includes(name)),
    run,
    isRetryable: true,
  })),
  arrange: nothing,
  restMs: RETRIES_MS,
});

/** Longer than the first three pauses between attempts together. */
export const RETRIES_MS = 1_000;

/** Nothing is asked for. */
export const rest = (ms: number): Step => ({
  words: `${ms} ms pass`,
  parts: [],
  arrange: nothing,
  restMs: ms,
});

/** A command whose right outcome is that it is refused so. */
export const refused =
  (command: Command, ...kinds: readonly Parameters<typeof isKind>[1][]): Command =>
  async (root, asker) => {
    const outcome = await command(root, asker).then(
      () => 'is done',
      (caught: unknown) => (kinds.some((kind) => isKind(caught, kind)) ? undefined : caught),
    );
    if (outcome !== undefined) throw new Error('the command was to be refused', { cause: outcome });
  };

/** What clients were told before the process died: what must hold ever after. */
export class ClientMemory {
  /** Steps begun, and steps that were answered in full. */
  begun = 0;
  answered = 0;
  /** Commands of the step that is under way which were answered. */
  readonly answeredParts = new Set<Part>();
  /** How often clients looked around: once at first, and after each step. */
  looks = 0;
  /** The last ones anybody was given. */
  lastId = 0n;
  lastTimestamp = 0n;

  copy(): ClientMemory {
    const memory = new ClientMemory();
    Object.assign(memory, { ...this, answeredParts: new Set(this.answeredParts) });
    return memory;
  }
}

/** What a process leaves behind when it dies. */
export interface Remains {
  readonly scenario: Scenario;
  readonly state: MemoryMetaState;
  readonly world: PeerWorld;
  readonly channels: ChannelWorld;
  readonly memory: ClientMemory;
  readonly clock: VirtualClock;
}

/** How a client saw the catalog at a moment. */
export interface Look {
  readonly at: bigint;
  readonly picture: Picture;
}
