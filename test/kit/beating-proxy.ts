import { setTimeout as pause } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { MsgType, type Status } from '../../src/gen/common.js';
import { type LeaseResponse, MembershipServiceClient } from '../../src/gen/membership.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import { answerOf } from './answer-of.js';
import { register } from './proxy-node.js';
import { allocateTimestamps } from './root-calls.js';
import { updateTicks } from './tick-proxy.js';

const BEAT_MS = 50;
/** Nobody is there: what it caches is not the question. */
const ADDRESS = '127.0.0.1:1';

/**
 * A proxy as far as time is concerned: at every beat it renews its lease and reports that it will
 * write nothing older than now. It may stall or die, and lives on when the coordinator does not.
 */
export class BeatingProxy {
  /** Nothing after it is safe while this proxy takes part: the last report that was accepted. */
  reported = 0n;
  /** How many reports were accepted. */
  accepted = 0;
  #lease: LeaseResponse;
  #root: RootCoordClient;
  #membership: MembershipServiceClient;
  #mood: 'well' | 'stalled' | 'dead' = 'well';
  #life: Promise<void>;

  /** Settles when it takes part and has reported once. @param address of RootCoord. */
  static async join(address: string, leaseTtlMs: number): Promise<BeatingProxy> {
    const membership = membershipAt(address);
    const request = { address: ADDRESS, leaseTtlMs: BigInt(leaseTtlMs) };
    const proxy = new BeatingProxy(address, membership, await register(membership, request));
    await proxy.report();
    proxy.goOn();
    return proxy;
  }

  private constructor(address: string, membership: MembershipServiceClient, lease: LeaseResponse) {
    this.#root = rootAt(address);
    this.#membership = membership;
    this.#lease = lease;
    this.#life = Promise.resolve();
  }

  get serverId(): bigint {
    return this.#lease.serverId;
  }

  /** Renews its lease and reports no more; settles when nothing of it is under way. */
  async stall(): Promise<void> {
    await this.die();
    this.#begin('stalled');
  }

  /** Says nothing any more; settles when nothing of it is under way. */
  async die(): Promise<void> {
    this.#mood = 'dead';
    await this.#life;
  }

  /** Beats again. */
  goOn(): void {
    this.#begin('well');
  }

  /** The coordinator is somewhere else now; the proxy goes on as it did. */
  async moveTo(address: string): Promise<void> {
    const mood = this.#mood;
    await this.die();
    this.#disconnect();
    this.#root = rootAt(address);
    this.#membership = membershipAt(address);
    if (mood !== 'dead') this.#begin(mood);
  }

  /** Takes its session up again under the id it had. */
  async register(): Promise<Status | undefined> {
    const { serverId, leaseTtlMs } = this.#lease;
    const lease = await register(this.#membership, { address: ADDRESS, leaseTtlMs, serverId });
    if (lease.status?.code === 0) this.#lease = lease;
    return lease.status;
  }

  async keepAlive(): Promise<Status | undefined> {
    const { status } = await answerOf<LeaseResponse>((done) =>
      this.#membership.keepAlive(this.#lease, done),
    );
    return status;
  }

  async report(): Promise<Status> {
    const { timestamp } = await allocateTimestamps(this.#root, 1);
    const status = await updateTicks(this.#root, {
      base: { msgType: MsgType.TimeTick, sourceID: this.serverId },
      defaultTimestamp: timestamp,
    });
    if (status.code === 0) {
      this.reported = timestamp;
      this.accepted += 1;
    }
    return status;
  }

  /** Ends its session. */
  async leave(): Promise<void> {
    await this.die();
    await answerOf<Status>((done) => this.#membership.leave(this.#lease, done));
  }

  async close(): Promise<void> {
    await this.die();
    this.#disconnect();
  }

  #disconnect(): void {
    this.#root.close();
    this.#membership.close();
  }

  #begin(mood: 'well' | 'stalled'): void {
    this.#mood = mood;
    this.#life = this.#live();
  }

  /** A beat that fails, as all do while the coordinator is down, is followed by the next. */
  async #live(): Promise<void> {
    while (this.#mood !== 'dead') {
      await this.#beat().catch(() => {});
      await pause(BEAT_MS);
    }
  }

  async #beat(): Promise<void> {
    await this.keepAlive();
    if (this.#mood === 'well') await this.report();
  }
}

const rootAt = (address: string) => new RootCoordClient(address, credentials.createInsecure());
const membershipAt = (address: string) =>
  new MembershipServiceClient(address, credentials.createInsecure());
