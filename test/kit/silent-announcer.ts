import type { Announcer } from '../../src/root/messages/dd-announcer.js';

/** Channels nobody reads: every message is there at once. */
export const SILENT: Announcer = {
  createCollection: async (collection) => collection,
  createPartition: async () => {},
  dropCollection: async () => {},
  dropPartition: async () => {},
};
