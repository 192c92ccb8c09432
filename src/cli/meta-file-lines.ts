import { CoordError, echo } from '../domain/errors.js';
import { isPart, type PortableKey, type RootPaths } from './meta-layout.js';

const FORMAT = 'rootstock-meta';
/** A file of another version is refused: half understood is worse than not at all. */
const VERSION = 1;

/**
 * The longest line of a file, in bytes. A store takes commits of 4 MiB at most, which is 5.4 MiB
 * in base64, and a key of 2 kB that JSON makes six times as long.
 */
export const LINE_BYTES_MAX = 6 * 2 ** 20;

export interface Entry extends PortableKey {
  readonly value: Uint8Array;
}

export interface Trailer {
  readonly count: number;
  /** Of every line before, line ends included, in hex. */
  readonly sha256: string;
}

export const badFile = (reason: string): CoordError =>
  new CoordError('ParameterInvalid', `the meta file is refused: ${reason}`);

/** First line: what the file is, and where its keys lay. */
export const headerLine = ({ rootPath, metaSubPath, kvSubPath }: RootPaths): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, rootPath, metaSubPath, kvSubPath })}\n`;

/** One key and its value. */
export const entryLine = ({ part, key, value }: Entry): string =>
  `${JSON.stringify({ part, key, value: Buffer.from(value).toString('base64') })}\n`;

/** Last line: how a reader knows that nothing is missing or altered. */
export const trailerLine = ({ count, sha256 }: Trailer): string =>
  `${JSON.stringify({ count, sha256 })}\n`;

/** @throws CoordError `ParameterInvalid` for files of another kind or version. */
export function checkHeader(line: string): void {
  const fields = fieldsOf(line, 1);
  const [format, version] = [Reflect.get(fields, 'format'), Reflect.get(fields, 'version')];
  if (format !== FORMAT) throw badFile('it was not written by "rootstock meta export"');
  if (version !== VERSION) {
    throw badFile(`it has version ${echo(String(version))}, this program reads ${VERSION}`);
  }
}

/** @throws CoordError `ParameterInvalid` when the line is neither an entry nor a trailer. */
export function readLine(line: string, lineNumber: number): Entry | Trailer {
  const fields = fieldsOf(line, lineNumber);
  const text = (name: string): unknown => Reflect.get(fields, name);
  const [part, key, value, count, sha256] = ['part', 'key', 'value', 'count', 'sha256'].map(text);
  if (isPart(part) && typeof key === 'string' && key !== '' && typeof value === 'string') {
    return { part, key, value: Buffer.from(value, 'base64') };
  }
  if (typeof count === 'number' && typeof sha256 === 'string') return { count, sha256 };
  throw badFile(`line ${lineNumber} is neither a key nor the end`);
}

function fieldsOf(line: string, lineNumber: number): object {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Falls through: no JSON and no object are told the same way.
  }
  throw badFile(`line ${lineNumber} is damaged`);
}
