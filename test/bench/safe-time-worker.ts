import { MsgBase, MsgType, Status } from '../../src/gen/common.js';
import { WatchSafeTimeRequest, WatchSafeTimeResponse } from '../../src/gen/control.js';
import { ChannelTimeTickMsg } from '../../src/gen/internal.js';
import { LeaseRequest, LeaseResponse, RegisterRequest } from '../../src/gen/membership.js';
import { FrameReader, UnaryClient } from './unary-client.js';

/** Reports of one proxy at a steady rate, by one process that watches what they move. */
export interface TickLoad {
  /** Of RootCoord. */
  readonly port: number;
  readonly ratePerSecond: number;
  readonly reports: number;
}

const CONTROL = '/rootstock.control.v1.ControlService';
const MEMBERSHIP = '/rootstock.control.v1.MembershipService';
const UPDATE = '/milvus.proto.rootcoord.RootCoord/UpdateChannelTimeTick';
/** Any name is a channel. */
const CHANNEL = 'bench';
/** The least a report can move. */
const STEP = 1n;

/** Milliseconds from each report to its arrival as a safe time. */
async function run({ port, ratePerSecond, reports }: TickLoad): Promise<number[]> {
  const client = new UnaryClient(port);
  const lease = await register(client);
  const sentMs: number[] = [];
  const delaysMs: number[] = [];
  const watch = WatchSafeTimeRequest.encode({ channelNames: [CHANNEL] }).finish();
  const stream = client.open(`${CONTROL}/WatchSafeTime`, watch);
  await new Promise<void>((resolve, reject) => {
    let base: bigint | undefined;
    const frames = new FrameReader((message) => {
      const nowMs = performance.now();
      const [safeTime] = WatchSafeTimeResponse.decode(message).safeTimes;
      if (!safeTime) return;
      if (base === undefined) {
        base = safeTime.timestamp;
        reportAll(base).catch(reject);
        return;
      }
      const last = Number(safeTime.timestamp - base);
      for (let n = delaysMs.length; n < last; n += 1) delaysMs.push(nowMs - (sentMs[n] ?? nowMs));
      if (delaysMs.length >= reports) resolve();
    });
    stream.on('data', (chunk: Buffer) => frames.take(chunk));
    // Far behind everybody else, this proxy alone says what is safe.
    const reportAll = async (from: bigint) => {
      const start = performance.now();
      for (let n = 1; n <= reports; n += 1) {
        // Like the echoes: from when it was due, and none waits for the answer of another.
        const dueMs = start + (n * 1000) / ratePerSecond;
        const earlyMs = dueMs - performance.now();
        if (earlyMs > 0) await new Promise((wake) => setTimeout(wake, earlyMs));
        sentMs.push(dueMs);
        const answer = client.call(UPDATE, report(lease.serverId, from + BigInt(n) * STEP));
        answer.then(checkAccepted).catch(reject);
      }
    };
  });
  await client.call(
    `${MEMBERSHIP}/Leave`,
    LeaseRequest.encode(LeaseRequest.fromPartial(lease)).finish(),
  );
  client.close();
  return delaysMs;
}

async function register(client: UnaryClient): Promise<LeaseResponse> {
  const request = RegisterRequest.fromPartial({
    role: 'proxy',
    address: '127.0.0.1:1',
    leaseTtlMs: 120_000n,
  });
  const answer = await client.call(
    `${MEMBERSHIP}/Register`,
    RegisterRequest.encode(request).finish(),
  );
  const lease = LeaseResponse.decode(answer);
  if (lease.status?.code !== 0) throw new Error(`no session: ${lease.status?.reason}`);
  return lease;
}

function checkAccepted(answer: Uint8Array): void {
  const { code, reason } = Status.decode(answer);
  if (code !== 0) throw new Error(`a report was refused: ${reason}`);
}

const report = (serverId: bigint, defaultTimestamp: bigint): Uint8Array =>
  ChannelTimeTickMsg.encode(
    ChannelTimeTickMsg.fromPartial({
      base: MsgBase.fromPartial({ msgType: MsgType.TimeTick, sourceID: serverId }),
      defaultTimestamp,
    }),
  ).finish();

process.on('message', (load: TickLoad) => {
  run(load).then(
    (delaysMs) => process.send?.({ delaysMs }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
