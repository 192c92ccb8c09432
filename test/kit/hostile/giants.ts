import { createWith, giantSchema } from './absurd-create.js';
import { CREATE, ROOT_CREATE, type ServiceName } from './built-rpcs.js';
import { inside, joined, nested, numbered, pair, repeated, text, varint } from './wire.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** A request whose size, number or depth is its malice. Made when it is wanted. */
export interface Giant {
  readonly what: string;
  readonly service: ServiceName;
  readonly path: string;
  readonly bytes: () => Buffer;
}

const create = (what: string, bytes: () => Buffer): readonly Giant[] => [
  { what, service: 'milvus', path: CREATE, bytes },
  { what, service: 'rootCoord', path: ROOT_CREATE, bytes },
];

const MILVUS = '/milvus.proto.milvus.MilvusService';
const question = (what: string, rpc: string, bytes: () => Buffer): Giant => ({
  what,
  service: 'milvus',
  path: `${MILVUS}/${rpc}`,
  bytes,
});

const EMPTY = Buffer.alloc(0);
const aField = (name: string, ...more: readonly Buffer[]): Buffer =>
  inside(4, joined(text(2, name), varint(5, 5n), ...more));
const describedField = (bytes: number) => (i: number) =>
  aField(`f${i}`, text(4, 'd'.repeat(bytes)));

/** Just below what the guard lets through: the dearest requests that are still decoded. */
const ELEMENTS = 16_300;

/** Larger than any request may be; each takes a while to send, so there are few. */
export const hugeGiants: readonly Giant[] = [
  ...create('a schema of 64 MiB', () => createWith(Buffer.alloc(64 * MIB, 0x22))),
  question('60 MiB of name', 'DropCollection', () => text(3, 'n'.repeat(60 * MIB))),
  question('60 MiB of zeros', 'DescribeCollection', () => Buffer.alloc(60 * MIB)),
];

/** As wide as a legal collection gets: long names, long descriptions, many partitions. */
export const widestLegalCreate = (): Buffer =>
  createWith(
    giantSchema(
      numbered(61, (i) => aField(`f${i}_`.padEnd(255, 'x'), text(4, 'd'.repeat(1_000)))),
      aField('key', varint(13, 1n)),
    ),
    varint(8, 1_024n),
  );

/** Up to 4 MiB each. */
export const giants: readonly Giant[] = [
  ...create('100 000 fields', () => createWith(numbered(100_000, (i) => aField(`f${i}`)))),
  ...create('1 024 fields', () => createWith(giantSchema(numbered(1_024, (i) => aField(`f${i}`))))),
  ...create('a schema of 4 MB', () =>
    createWith(giantSchema(numbered(60, describedField(65_000)))),
  ),
  ...create('a schema of 250 KiB', () =>
    createWith(giantSchema(numbered(60, describedField(4_100)))),
  ),
  ...create('two million empty messages', () => repeated(inside(7, EMPTY), 2_000_000)),
  ...create('a name of 1 MiB', () => joined(text(3, 'n'.repeat(MIB)), inside(4, giantSchema()))),
  ...create('a name of 1 MiB of emoji', () =>
    joined(text(3, '😀'.repeat(MIB / 4)), inside(4, giantSchema())),
  ),
  ...create('a name after 1 MiB of blanks', () =>
    joined(text(3, `${' '.repeat(MIB - 5)}giant`), inside(4, giantSchema())),
  ),
  ...create('a schema name of 1 MiB', () => createWith(text(1, 'n'.repeat(MIB)))),
  ...create('properties of 3.6 MiB', () =>
    createWith(
      giantSchema(),
      numbered(120, (i) => inside(7, pair(`k${i}`, 'v'.repeat(30_000)))),
    ),
  ),
  ...create('a map of 100 000 entries', () =>
    inside(
      1,
      numbered(100_000, (i) => inside(6, pair(`k${i}`, 'v'))),
    ),
  ),
  ...create('a map as large as is let through', () =>
    joined(
      inside(
        1,
        numbered(ELEMENTS / 3, (i) => inside(6, pair(`${i}`, 'v'))),
      ),
      createWith(giantSchema()),
    ),
  ),
  ...create('as many properties as are let through', () =>
    createWith(giantSchema(), repeated(inside(7, pair('k', 'v')), ELEMENTS / 3)),
  ),
  ...create('as many empty fields as are let through', () =>
    createWith(repeated(inside(4, EMPTY), ELEMENTS)),
  ),
  ...create('as many empty functions as are let through', () =>
    createWith(repeated(inside(7, EMPTY), ELEMENTS)),
  ),
  ...create('as many unknown fields as are let through', () =>
    joined(
      numbered(ELEMENTS, (i) => varint(2_000 + i, 1n)),
      createWith(giantSchema()),
    ),
  ),
  ...create('a packed list of 250 000 numbers', () =>
    createWith(giantSchema(inside(7, inside(6, Buffer.alloc(250_000, 1))))),
  ),
  ...create('a packed list as long as is let through', () =>
    createWith(giantSchema(inside(7, inside(6, Buffer.alloc(ELEMENTS - 100, 1))))),
  ),
  ...create('types nested 31 deep', () =>
    createWith(giantSchema(aField('t', inside(18, nested(2, 28))))),
  ),
  ...create('types nested 20 000 deep', () =>
    createWith(giantSchema(aField('t', inside(18, nested(2, 20_000))))),
  ),
  ...create('a partition key with 1 024 partitions', () =>
    createWith(giantSchema(aField('key', varint(13, 1n))), varint(8, 1_024n)),
  ),
  question('a name of 1 MiB', 'DescribeCollection', () => text(3, 'n'.repeat(MIB))),
  question('a name of 3 MiB', 'HasCollection', () => text(3, 'n'.repeat(3 * MIB))),
  question('a database name of 1 MiB', 'ShowCollections', () => text(2, 'n'.repeat(MIB))),
  question('a name of 1 MiB', 'DropCollection', () => text(3, 'ü'.repeat(MIB / 2))),
  question('4 MB of one byte', 'Connect', () => Buffer.alloc(4 * MIB - KIB, 0x55)),
  question('16 000 names', 'ShowCollections', () => numbered(16_000, (i) => text(5, `n${i}`))),
];
