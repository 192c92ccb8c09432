import { readFileSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { isSection, meaningOf } from './known-keys.js';
import type { Setting, SourceReading } from './setting.js';
import { unknownKey } from './unknown-key.js';

/** Ten times the size of Milvus' own file, comments included. */
const FILE_BYTES_MAX = 1024 * 1024;

/**
 * Reads one YAML file in the form of milvus.yaml. A key without a value says nothing, as in Milvus.
 * Scalars are taken as they are spelled, so that no number passes through a double.
 */
export function readConfigFile(path: string): SourceReading {
  const content = contentOf(path);
  if (content instanceof Error) return failed(`${path} cannot be read: ${content.message}`);
  if (content.length > FILE_BYTES_MAX) {
    return failed(`${path} has ${content.length} bytes; at most ${FILE_BYTES_MAX} are read`);
  }
  return new FileWalk(path, content.toString()).reading();
}

function contentOf(path: string): Buffer | Error {
  try {
    return readFileSync(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const failed = (problem: string): SourceReading => ({
  settings: [],
  ignored: [],
  problems: [problem],
});

/** One pass over a document; it collects problems instead of stopping at the first one. */
class FileWalk {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #settings = new Map<string, Setting>();
  readonly #ignored: string[] = [];
  readonly #problems: string[] = [];

  constructor(path: string, content: string) {
    this.#path = path;
    this.#document = parseDocument(content, {
      intAsBigInt: true,
      lineCounter: this.#lines,
      prettyErrors: false,
    });
  }

  reading(): SourceReading {
    for (const { pos, message } of this.#document.errors) this.#problem(pos[0], message);
    const root = this.#document.contents;
    if (isMap(root)) this.#walk(root, '');
    else if (textOf(root) !== '') this.#problem(0, 'keys and values were expected here');
    return {
      settings: [...this.#settings.values()],
      ignored: this.#ignored,
      problems: this.#problems,
    };
  }

  #walk(map: YAMLMap, prefix: string): void {
    for (const pair of map.items) this.#visit(pair, prefix);
  }

  #visit(pair: Pair, prefix: string): void {
    const name = `${prefix}${textOf(pair.key) ?? '?'}`;
    const at = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    const node = isAlias(pair.value) ? pair.value.resolve(this.#document) : pair.value;
    const meaning = meaningOf(name);
    const value = textOf(node);
    if (isMap(node) && isSection(name)) this.#walk(node, `${name}.`);
    else if (meaning.kind === 'unknown') {
      if (value !== '' || !isSection(name)) this.#problem(at, unknownKey(name));
    } else if (value === '') return;
    else if (meaning.kind === 'ignored') this.#ignored.push(name);
    else this.#take(meaning.key, name, value, at);
  }

  #take(key: string, writtenAs: string, value: string | undefined, at: number): void {
    const rival = this.#settings.get(key);
    if (value === undefined) this.#problem(at, `"${writtenAs}" takes a value, not a group of keys`);
    else if (rival !== undefined) this.#problem(at, `"${writtenAs}" repeats "${rival.writtenAs}"`);
    else {
      const origin = { kind: 'file', path: this.#path, line: this.#line(at) } as const;
      this.#settings.set(key, { key, writtenAs, text: value, origin });
    }
  }

  #problem(at: number, text: string): void {
    this.#problems.push(`${this.#path}:${this.#line(at)}: ${text}`);
  }

  #line(at: number): number {
    return this.#lines.linePos(at).line;
  }
}

/** The spelling of a scalar, empty when there is none; a list with commas; undefined for a map. */
function textOf(node: unknown): string | undefined {
  if (node === null || node === undefined) return '';
  if (isScalar(node)) {
    if (node.value === null) return '';
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }
  const items = isSeq(node) ? node.items.map(textOf) : [undefined];
  return items.includes(undefined) ? undefined : items.join(',');
}
