import { Metadata } from '@grpc/grpc-js';
import { MsgBase, MsgType } from '../gen/common.js';
import { RootCoordClient } from '../gen/root_coord.js';
import { CHANNEL_OPTIONS, type ServerAccess } from './server-access.js';
import {
  type Demand,
  isRefusal,
  type Outcome,
  outcomeOfBlock,
  outcomeOfFailure,
  outcomeOfRefusal,
  type TimestampSource,
} from './timestamp-source.js';

const BASE = MsgBase.fromPartial({ msgType: MsgType.RequestTSO });

/** `RootCoord.AllocTimestamp`, one call for any number of callers (facts/rootcoord §9). */
export class RootCoordSource implements TimestampSource {
  readonly isBroken = false;
  readonly #access: ServerAccess;
  readonly #client: RootCoordClient;

  constructor(access: ServerAccess) {
    this.#access = access;
    this.#client = new RootCoordClient(access.address, access.credentials, CHANNEL_OPTIONS);
  }

  ask({ timestamps }: Demand, settle: (outcome: Outcome) => void): void {
    const request = { base: BASE, count: timestamps, blockTimestamp: 0n };
    const options = { deadline: this.#access.deadlineMs() };
    this.#client.allocTimestamp(request, new Metadata(), options, (failure, answer) => {
      if (failure) return settle(outcomeOfFailure(failure));
      const { status, timestamp, count } = answer;
      if (isRefusal(status)) return settle(outcomeOfRefusal(status));
      settle(outcomeOfBlock({ first: timestamp, count, wanted: timestamps }));
    });
  }

  close(): void {
    this.#client.close();
  }
}
