import { createHash } from 'node:crypto';
import { badFile, checkHeader, type Entry, LINE_BYTES_MAX, readLine } from './meta-file-lines.js';

const LINE_END = 0x0a;

/**
 * The entries of a meta file, one after the other, in bounded memory. Only whoever reads to the
 * end knows that the file is whole.
 *
 * @throws CoordError `ParameterInvalid` for a file that is cut short, altered, too long in a line
 *   or of another version.
 */
export async function* readMetaFile(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const hash = createHash('sha256');
  let lineNumber = 0;
  let count = 0;
  let isEnded = false;
  for await (const line of lines(chunks)) {
    lineNumber += 1;
    if (isEnded) throw badFile('something follows its end');
    const text = line.toString('utf8');
    if (lineNumber === 1) {
      checkHeader(text);
    } else {
      const item = readLine(text, lineNumber);
      if ('sha256' in item) {
        isEnded = true;
        const isWhole = item.count === count && item.sha256 === hash.copy().digest('hex');
        if (!isWhole) throw badFile('it was altered since it was written');
      } else {
        count += 1;
        yield item;
      }
    }
    hash.update(line).update('\n');
  }
  if (!isEnded) throw badFile('it is cut short');
}

/** Lines without their ends. What follows the last end is no line: the file is cut short. */
async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_END); to >= 0; to = chunk.indexOf(LINE_END, from)) {
      const piece = chunk.subarray(from, to);
      checkLength(bytes + piece.length);
      yield Buffer.concat([...pieces, piece]);
      pieces = [];
      bytes = 0;
      from = to + 1;
    }
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    checkLength(bytes);
  }
  if (bytes > 0) throw badFile('it is cut short');
}

function checkLength(bytes: number): void {
  if (bytes > LINE_BYTES_MAX) throw badFile(`a line is longer than ${LINE_BYTES_MAX} bytes`);
}
