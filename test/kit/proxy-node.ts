import { setTimeout as pause } from 'node:timers/promises';
import { credentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { CoordError } from '../../src/domain/errors.js';
import { StatusOk, statusOf } from '../../src/domain/status.js';
import { MsgType, type Status } from '../../src/gen/common.js';
import { ChannelTimeTickMsg } from '../../src/gen/internal.js';
import {
  type LeaseResponse,
  MembershipServiceClient,
  RegisterRequest,
} from '../../src/gen/membership.js';
import {
  type InvalidateCollMetaCacheRequest,
  ProxyService,
  type ReleaseDQLMessageStreamRequest,
} from '../../src/gen/proxy.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';
import { CachedNames } from './cached-names.js';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.js';
import { allocateTimestamps } from './root-calls.js';

export interface ProxyNodeOptions {
  /** Where RootCoord and MembershipService are. */
  readonly rootCoordAddress: string;
  readonly leaseTtlMs: number;
  /** How often it reports and renews. */
  readonly intervalMs?: number;
}

/**
 * A Milvus proxy as far as RootCoord sees one: a real gRPC server with a cache of names, a session
 * it renews, and a time tick it reports.
 */
export class ProxyNode {
  readonly cache = new CachedNames();
  /** What it was told, in order, understood or not. */
  readonly told: InvalidateCollMetaCacheRequest[] = [];
  /** Collections whose search streams it was to let go of. */
  readonly released: bigint[] = [];
  /** Takes requests and answers none while it is set. */
  isHanging = false;
  /** Renews its lease but reports no tick while it is set. */
  isMute = false;
  readonly #options: ProxyNodeOptions;
  readonly #root: RootCoordClient;
  readonly #membership: MembershipServiceClient;
  #server: LoopbackServer | undefined;
  #lease: LeaseResponse | undefined;
  #living: Promise<void> | undefined;
  #isAlive = false;

  private constructor(options: ProxyNodeOptions) {
    const access = [options.rootCoordAddress, credentials.createInsecure()] as const;
    this.#options = options;
    this.#root = new RootCoordClient(...access);
    this.#membership = new MembershipServiceClient(...access);
  }

  /** A proxy that serves, has registered and reported once. */
  static async start(options: ProxyNodeOptions): Promise<ProxyNode> {
    const node = new ProxyNode(options);
    await node.#listen(0);
    await node.register(0n);
    node.live();
    return node;
  }

  get address(): string {
    if (!this.#server) throw new Error('the proxy is not running');
    return this.#server.address;
  }

  get lease(): LeaseResponse {
    if (!this.#lease) throw new Error('the proxy has not registered');
    return this.#lease;
  }

  get serverId(): bigint {
    return this.lease.serverId;
  }

  /** Registers as a new proxy, or under the id it had, and reports once. */
  async register(serverId: bigint): Promise<void> {
    const { leaseTtlMs } = this.#options;
    this.#lease = await register(this.#membership, {
      address: this.address,
      leaseTtlMs: BigInt(leaseTtlMs),
      serverId,
    });
    if (this.#lease.status?.code !== 0) throw new Error(this.#lease.status?.reason);
    await this.report();
  }

  /** Reports that everything up to now is safe. */
  async report(): Promise<Status> {
    const { timestamp } = await allocateTimestamps(this.#root, 1);
    const message = ChannelTimeTickMsg.fromPartial({
      base: { msgType: MsgType.TimeTick, sourceID: this.serverId },
      defaultTimestamp: timestamp,
    });
    return answerOf<Status>((done) => this.#root.updateChannelTimeTick(message, done));
  }

  keepAlive(): Promise<LeaseResponse> {
    return answerOf<LeaseResponse>((done) => this.#membership.keepAlive(this.lease, done));
  }

  leave(): Promise<Status> {
    return answerOf<Status>((done) => this.#membership.leave(this.lease, done));
  }

  /** Renews and reports until it dies. */
  live(): void {
    this.#isAlive = true;
    this.#living = this.#live().catch(() => {});
  }

  /** Dies as by `kill -9`: connections break and nothing is said any more. */
  async die(): Promise<void> {
    this.#isAlive = false;
    this.#server?.close();
    await this.#living;
  }

  /** The same process goes on at the same address, as after a network failure. */
  async goOn(): Promise<void> {
    await this.#listen(Number(this.address.split(':')[1]));
  }

  async close(): Promise<void> {
    await this.die();
    this.#root.close();
    this.#membership.close();
  }

  async #live(): Promise<void> {
    while (this.#isAlive) {
      await this.keepAlive();
      if (!this.isMute) await this.report();
      await pause(this.#options.intervalMs ?? 100);
    }
  }

  async #listen(port: number): Promise<void> {
    this.#server = await startLoopbackServer(
      (server) =>
        server.addService(ProxyService, {
          ...unbuilt(),
          invalidateCollectionMetaCache: this.#invalidate.bind(this),
          releaseDqlMessageStream: this.#release.bind(this),
        }),
      port,
    );
  }

  #release(
    { request }: ServerUnaryCall<ReleaseDQLMessageStreamRequest, Status>,
    callback: sendUnaryData<Status>,
  ): void {
    this.released.push(request.collectionID);
    if (!this.isHanging) callback(null, StatusOk);
  }

  #invalidate(
    { request }: ServerUnaryCall<InvalidateCollMetaCacheRequest, Status>,
    callback: sendUnaryData<Status>,
  ): void {
    this.told.push(request);
    if (this.isHanging) return;
    try {
      this.cache.forget(request);
      callback(null, StatusOk);
    } catch (caught) {
      callback(null, statusOf(CoordError.from(caught)));
    }
  }
}

/** One registration as the request says it; nothing is checked before. */
export const register = (
  client: MembershipServiceClient,
  request: Partial<RegisterRequest>,
): Promise<LeaseResponse> =>
  answerOf<LeaseResponse>((done) =>
    client.register(RegisterRequest.fromPartial({ role: 'proxy', ...request }), done),
  );

/** Nothing else of a proxy is asked for here. */
const unbuilt = () =>
  Object.fromEntries(
    Object.keys(ProxyService).map((key) => [
      key,
      (_call: unknown, callback: sendUnaryData<never>) => callback({ code: 12 }),
    ]),
  );
