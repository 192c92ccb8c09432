import type { SeededRandom } from '../seeded-random.js';

/** Ways to damage the bytes of a request. */
type Mutation = (bytes: Buffer, random: SeededRandom) => Buffer;

const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

const flipBit: Mutation = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  const at = random.below(Math.max(1, bytes.length));
  if (at < bytes.length) damaged.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
  return damaged;
};

const overwrite: Mutation = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  const at = random.below(bytes.length + 1);
  randomBytes(random, random.below(9)).copy(damaged, at);
  return damaged;
};

const insert: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([
    bytes.subarray(0, at),
    randomBytes(random, 1 + random.below(8)),
    bytes.subarray(at),
  ]);
};

const repeatPart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length + 1);
  const part = bytes.subarray(from, from + random.below(40));
  return Buffer.concat([bytes, ...Array.from({ length: random.below(20) }, () => part)]);
};

const mutations: readonly (readonly [string, Mutation])[] = [
  ['truncated', truncate],
  ['bit flipped', flipBit],
  ['overwritten', overwrite],
  ['filled up', insert],
  ['repeated', repeatPart],
];

/** Bytes without any meaning. */
export function randomBytes(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/** The request cut, flipped, overwritten, filled up or lengthened; named after what was done. */
export function mutate(bytes: Buffer, random: SeededRandom): { name: string; bytes: Buffer } {
  const [name, damage] = random.pick(mutations);
  const once = damage(bytes, random);
  return { name, bytes: random.chance(0.3) ? flipBit(once, random) : once };
}
