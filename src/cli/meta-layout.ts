import { importMarkerKey } from '../root/migration/import-marker.js';

/** Which part of the tree a key hangs in; each part may have another path in another store. */
export const PARTS = ['meta', 'kv', 'root'] as const;

export type Part = (typeof PARTS)[number];

export const isPart = (text: unknown): text is Part => PARTS.some((part) => part === text);

/** A key without the paths it depends on. */
export interface PortableKey {
  readonly part: Part;
  /** Below the part's path, e.g. `root-coord/…`, `gid/timestamp`, `rootstock/journal/…`. */
  readonly key: string;
}

export interface RootPaths {
  readonly rootPath: string;
  readonly metaSubPath: string;
  readonly kvSubPath: string;
}

/** Where the keys of one store lie, and which of them are worth carrying elsewhere. */
export class MetaLayout {
  /** Every key of the store, the allocators' saved windows among them. */
  readonly prefix: string;
  readonly #paths: Record<Part, string>;
  readonly #left: readonly string[];

  constructor({ rootPath, metaSubPath, kvSubPath }: RootPaths) {
    this.prefix = `${rootPath}/`;
    this.#paths = {
      meta: `${rootPath}/${metaSubPath}/`,
      kv: `${rootPath}/${kvSubPath}/`,
      root: this.prefix,
    };
    this.#left = [
      // Who holds the store and who is there at all (facts/rootcoord §17.6): true of one moment.
      `${this.#paths.meta}session/`,
      // The same of those who registered with us instead.
      `${rootPath}/rootstock/members/`,
      // The leader's last commits; they go with its lease.
      `${rootPath}/rootstock/commits/`,
      importMarkerKey(rootPath),
    ];
  }

  /** Nothing for keys that belong to one store only: sessions, leadership, a running import. */
  portable(fullKey: string): PortableKey | undefined {
    if (this.#left.some((prefix) => fullKey.startsWith(prefix))) return undefined;
    const part = PARTS.find((candidate) => fullKey.startsWith(this.#paths[candidate]));
    return part && { part, key: fullKey.slice(this.#paths[part].length) };
  }

  full({ part, key }: PortableKey): string {
    return `${this.#paths[part]}${key}`;
  }
}
