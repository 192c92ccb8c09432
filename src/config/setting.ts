/** Where a value was said. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'option'; readonly option: '--set' | '--data-dir' };

/** One value somebody said, not yet checked. */
export interface Setting {
  /** The key in the schema's spelling. */
  readonly key: string;
  /** The key as its author wrote it; problems repeat this. */
  readonly writtenAs: string;
  readonly text: string;
  readonly origin: Origin;
}

/** What one source says. */
export interface SourceReading {
  readonly settings: readonly Setting[];
  /** Milvus' keys that Rootstock has no use for. */
  readonly ignored: readonly string[];
  /** One sentence each; empty when the source could be understood. */
  readonly problems: readonly string[];
}

/** `milvus.yaml:12`, `environment variable ETCD_ENDPOINTS`, `--set` or `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.path}:${origin.line}`;
    case 'environment':
      return `environment variable ${origin.variable}`;
    case 'option':
      return origin.option;
  }
}

const strengths = { default: 0, file: 1, environment: 2, option: 3 } as const;

/** Which of two origins wins: the option over the environment, over the file, over the default. */
export const isStronger = (origin: Origin, than: Origin): boolean =>
  strengths[origin.kind] > strengths[than.kind];
