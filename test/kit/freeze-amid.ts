import { settled } from './virtual-clock.js';

/** Turns of the event loop in which whatever lies in the sockets is read. */
const TURNS_TO_READ = 5;

interface Freezable {
  freeze(): void;
  thaw(): void;
}

/**
 * Freezes a server and looks what it has answered by then: what lies in the sockets is read first.
 * It stays frozen if that is the moment looked for, and goes on otherwise.
 */
export async function freezeAmid(server: Freezable, isIt: () => boolean): Promise<boolean> {
  server.freeze();
  for (let turn = 0; turn < TURNS_TO_READ; turn++) await settled();
  const isAmid = isIt();
  if (!isAmid) server.thaw();
  return isAmid;
}
