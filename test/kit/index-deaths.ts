import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { CrashSites } from './crash-sites.js';
import type { IndexLife } from './index-deeds.js';
import { copyOfDisk, type Disk, IndexedProcess, type IndexPicture } from './indexed-process.js';
import { VirtualClock } from './virtual-clock.js';

/** A place where a process may die, and what it leaves behind. */
export interface IndexDeath {
  readonly site: string;
  readonly disk: Disk;
  /** Deeds begun, and deeds that were answered. */
  readonly begun: number;
  readonly answered: number;
}

export interface IndexRehearsal {
  /** Every place where the process could have died on the way, and the end. */
  readonly deaths: readonly IndexDeath[];
  /** What clients saw at first, and after each deed. */
  readonly pictures: readonly IndexPicture[];
}

/** Lives through all of it, and notes at each place what would be left if it died there. */
export async function rehearseIndexes(life: IndexLife): Promise<IndexRehearsal> {
  const { deeds, keepMs, collections } = life;
  const deaths: IndexDeath[] = [];
  const progress = { begun: 0, answered: 0 };
  const disk: Disk = { state: new MemoryMetaState(), nowMs: new VirtualClock().nowMs() };
  const sites = new CrashSites(Number.POSITIVE_INFINITY, (site) => note(site));
  let nowMs = () => disk.nowMs;
  const note = (site: string) => {
    const left = copyOfDisk({ state: disk.state, nowMs: nowMs() });
    deaths.push({ site, disk: left, ...progress });
  };
  const process = await IndexedProcess.start(disk, keepMs, sites);
  nowMs = () => process.clock.nowMs();
  const pictures = [process.picture(collections)];
  for (const { run, restMs } of deeds) {
    progress.begun++;
    await run(process);
    progress.answered++;
    pictures.push(process.picture(collections));
    await process.clock.advance(restMs);
  }
  note('the end');
  process.end();
  if (process.broken.length > 0) throw new Error('the process broke', { cause: process.broken });
  return { deaths, pictures };
}
