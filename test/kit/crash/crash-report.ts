import type { LoadCounts } from './client-load.js';

/** What was done to the server, and what it made of it. */
export interface CrashReport extends LoadCounts {
  /** `kill -9` under load. */
  killsUnderLoad: number;
  /** `kill -9` before or while the server came up. */
  killsDuringStart: number;
  /** Kills that left at least one create or drop without an answer. */
  killsAmidDdl: number;
  /** SIGTERM under load. */
  stopsUnderLoad: number;
  /** SIGTERM of an idle server. */
  stopsInOrder: number;
  /** Times the whole store was read past the server and accounted for. */
  audits: number;
  /** Collections found Creating or Dropping right after a process had ended. */
  foundHalfway: number;
  /** Changes in the journal. */
  changes: number;
  /** Blocks of ids and timestamps that were compared. */
  numbers: number;
  /** From the start of the process to healthy. */
  restartMsMax: number;
  /** From SIGTERM to the end of the process. */
  stopMsMax: number;
}

export const emptyReport = (): CrashReport => ({
  killsUnderLoad: 0,
  killsDuringStart: 0,
  killsAmidDdl: 0,
  stopsUnderLoad: 0,
  stopsInOrder: 0,
  audits: 0,
  foundHalfway: 0,
  creates: 0,
  drops: 0,
  reads: 0,
  allocations: 0,
  unanswered: 0,
  changes: 0,
  numbers: 0,
  restartMsMax: 0,
  stopMsMax: 0,
});
