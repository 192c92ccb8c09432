import { Metadata } from '@grpc/grpc-js';
import { MsgType } from '../../../src/gen/common.js';
import { SeededRandom } from '../seeded-random.js';
import { absurdCreate, absurdQuestion } from './absurd-create.js';
import { type BuiltRpc, builtRpcs, CREATE, ROOT_CREATE, type ServiceName } from './built-rpcs.js';
import { giants, hugeGiants } from './giants.js';
import { mutate, randomBytes } from './mutations.js';
import { hostileText } from './texts.js';

/** One request with bad intentions. */
export interface HostileRequest {
  readonly what: string;
  readonly service: ServiceName;
  readonly path: string;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
}

type Part = Pick<HostileRequest, 'what' | 'service' | 'path' | 'bytes'>;

const creates = builtRpcs.filter(({ path }) => path === CREATE || path === ROOT_CREATE);
const others = builtRpcs.filter((rpc) => !creates.includes(rpc));

function mutated(random: SeededRandom): Part {
  const rpc = random.chance(0.4) ? random.pick(creates) : random.pick(builtRpcs);
  const { name, bytes } = mutate(rpc.valid, random);
  return { ...rpc, what: name, bytes };
}

function meaningless(random: SeededRandom): Part {
  const rpc = random.pick(builtRpcs);
  return { ...rpc, what: 'random bytes', bytes: randomBytes(random, random.below(300)) };
}

function absurd(random: SeededRandom): Part {
  if (random.chance(0.6)) {
    const bytes = absurdCreate(BigInt(MsgType.CreateCollection), random);
    return { ...random.pick(creates), what: 'absurd create', bytes };
  }
  const rpc = random.pick(others);
  return { ...rpc, what: 'absurd question', bytes: absurdQuestion(msgTypeOf(rpc), random) };
}

/** RootCoord looks at the type first; the right one gets a request past it. */
function msgTypeOf({ path }: BuiltRpc): bigint {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const types = new Map<string, number>(Object.entries(MsgType));
  return BigInt(types.get(name) ?? 0);
}

/** By how often they occur. */
const kinds = [mutated, mutated, absurd, absurd, meaningless];

const PRINTABLE = /^[ -~]*$/;

/** Headers a client can send through a gRPC library; the others are sent as raw frames. */
function hostileMetadata(random: SeededRandom): Metadata {
  const metadata = new Metadata();
  if (random.chance(0.9)) return metadata;
  const value = hostileText(random);
  if (PRINTABLE.test(value)) metadata.set(random.pick(['dbname', 'authorization', 'x']), value);
  if (random.chance(0.3)) metadata.set('payload-bin', randomBytes(random, random.below(2_000)));
  if (random.chance(0.2)) metadata.set('padding', 'p'.repeat(random.below(12_000)));
  for (let i = random.below(60); i > 0; i--) metadata.add(`key${i}`, `${i}`);
  return metadata;
}

/** Small requests from a seed: the same seed gives the same requests, in the same order. */
export function* hostileRequests(seed: number, count: number): Generator<HostileRequest> {
  const root = new SeededRandom(seed);
  for (let i = 0; i < count; i++) {
    const random = root.fork();
    yield { ...random.pick(kinds)(random), metadata: hostileMetadata(random) };
  }
}

/** Every giant; made one by one, for together they take half a gigabyte. */
export function* hostileGiants(): Generator<HostileRequest> {
  for (const giant of [...giants, ...hugeGiants]) {
    yield { ...giant, bytes: giant.bytes(), metadata: new Metadata() };
  }
}

export const GIANTS_COUNT = giants.length + hugeGiants.length;
