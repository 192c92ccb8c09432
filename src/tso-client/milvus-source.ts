import { Metadata } from '@grpc/grpc-js';
import type { Timestamp } from '../domain/timestamp.js';
import { MsgBase, MsgType } from '../gen/common.js';
import { MilvusServiceClient } from '../gen/milvus.js';
import { CHANNEL_OPTIONS, type ServerAccess } from './server-access.js';
import {
  type Demand,
  isRefusal,
  type Outcome,
  outcomeOfFailure,
  outcomeOfRefusal,
  type TimestampSource,
} from './timestamp-source.js';
import { LooseSupply } from './timestamp-supply.js';

/** Calls of one request that are under way at once: a server lets a connection have 100. */
const CALLS_AT_ONCE = 32;

const BASE = MsgBase.fromPartial({ msgType: MsgType.RequestTSO });

/** `MilvusService.AllocTimestamp`, which gives one timestamp: a call for each caller. */
export class MilvusSource implements TimestampSource {
  readonly isBroken = false;
  readonly #access: ServerAccess;
  readonly #client: MilvusServiceClient;
  #isClosed = false;

  constructor(access: ServerAccess) {
    this.#access = access;
    this.#client = new MilvusServiceClient(access.address, access.credentials, CHANNEL_OPTIONS);
  }

  ask({ callers }: Demand, settle: (outcome: Outcome) => void): void {
    const values: Timestamp[] = [];
    let started = 0;
    let isOver = false;
    const finish = (outcome: Outcome) => {
      isOver = true;
      settle(outcome);
    };
    const next = () => {
      started += 1;
      this.#call((outcome) => {
        // Calls that are under way outlive the connection; a closed one begins no more.
        if (isOver || this.#isClosed) return;
        if (typeof outcome !== 'bigint') return finish(outcome);
        values.push(outcome);
        if (started < callers) next();
        else if (values.length === callers) finish(granted(values));
      });
    };
    while (started < Math.min(callers, CALLS_AT_ONCE)) next();
  }

  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  #call(done: (outcome: Timestamp | Outcome) => void): void {
    const options = { deadline: this.#access.deadlineMs() };
    this.#client.allocTimestamp({ base: BASE }, new Metadata(), options, (failure, answer) => {
      if (failure) return done(outcomeOfFailure(failure));
      const { status, timestamp } = answer;
      done(isRefusal(status) ? outcomeOfRefusal(status) : (timestamp as Timestamp));
    });
  }
}

/** Calls of one connection may be answered in any order. */
function granted(values: Timestamp[]): Outcome {
  values.sort((a, b) => (a < b ? -1 : 1));
  return { kind: 'granted', supply: new LooseSupply(values) };
}
