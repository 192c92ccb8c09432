import { credentials } from '@grpc/grpc-js';
import { MsgType, type Status } from '../../src/gen/common.js';
import { ChannelTimeTickMsg } from '../../src/gen/internal.js';
import { MembershipServiceClient } from '../../src/gen/membership.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';
import { register } from './proxy-node.js';

/** Longer than any test: it may be silent for as long as it likes. */
const LEASE_MS = 120_000n;
/** Nobody is there: what it caches is not the question. */
const ADDRESS = '127.0.0.1:1';

/** A report as it goes over the wire, whatever is in it. */
export const updateTicks = (root: RootCoordClient, message: object): Promise<Status> =>
  answerOf<Status>((done) =>
    root.updateChannelTimeTick(ChannelTimeTickMsg.fromPartial(message), done),
  );

/** A proxy that reports exactly what it is told to, and when. */
export class TickProxy {
  readonly serverId: bigint;
  readonly #root: RootCoordClient;
  readonly #leave: () => Promise<unknown>;

  private constructor(serverId: bigint, root: RootCoordClient, leave: () => Promise<unknown>) {
    this.serverId = serverId;
    this.#root = root;
    this.#leave = leave;
  }

  /** @param address of RootCoord. */
  static async join(address: string): Promise<TickProxy> {
    const membership = new MembershipServiceClient(address, credentials.createInsecure());
    const root = new RootCoordClient(address, credentials.createInsecure());
    const lease = await register(membership, { address: ADDRESS, leaseTtlMs: LEASE_MS });
    if (lease.status?.code !== 0) throw new Error(lease.status?.reason);
    return new TickProxy(lease.serverId, root, async () => {
      await answerOf<Status>((done) => membership.leave(lease, done));
      membership.close();
      root.close();
    });
  }

  report(
    defaultTimestamp: bigint,
    channels: Readonly<Record<string, bigint>> = {},
  ): Promise<Status> {
    return updateTicks(this.#root, {
      base: { msgType: MsgType.TimeTick, sourceID: this.serverId },
      channelNames: Object.keys(channels),
      timestamps: Object.values(channels),
      defaultTimestamp,
    });
  }

  async leave(): Promise<void> {
    await this.#leave();
  }
}
