import type { Timestamp } from '../../domain/timestamp.js';

/** What readers could see of an object from `since` until the next version's `since`. */
export interface Version<Content> {
  readonly since: Timestamp;
  /** Undefined while it was not visible: not yet created, or dropped. */
  readonly content: Content | undefined;
}

/** The versions of one object, oldest first. */
export class VersionChain<Content> {
  #versions: Version<Content>[] = [];

  /** @param base what was visible before the first change, and since when; absent for nothing. */
  constructor(base?: { readonly since: Timestamp; readonly content: Content }) {
    if (base) this.#versions.push(base);
  }

  get versions(): readonly Version<Content>[] {
    return this.#versions;
  }

  /** The newest version, visible or not. */
  get newest(): Version<Content> | undefined {
    return this.#versions.at(-1);
  }

  /** Not to be visible is worth a version only where something visible ends. */
  push(since: Timestamp, content: Content | undefined): void {
    if (content === undefined && this.newest?.content === undefined) return;
    this.#versions.push({ since, content });
  }

  /** The newest version is told another way; what it says of its time must stay the same. */
  replaceNewest(content: Content | undefined): void {
    const newest = this.#versions.pop();
    if (newest) this.#versions.push({ since: newest.since, content });
  }

  /** Where in `versions` the moment lies; −1 before the first. */
  indexAt(at: Timestamp): number {
    return this.#versions.findLastIndex(({ since }) => since <= at);
  }

  /** Lets go of versions no read at or past `horizon` can reach. @returns them. */
  forget(horizon: Timestamp): readonly Version<Content>[] {
    return this.#versions.splice(0, Math.max(0, this.indexAt(horizon)));
  }

  /** Nothing visible is left in it. */
  get isBlank(): boolean {
    return this.#versions.every(({ content }) => content === undefined);
  }
}
