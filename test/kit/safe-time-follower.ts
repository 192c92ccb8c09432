import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import {
  ControlServiceClient,
  WatchSafeTimeRequest,
  type WatchSafeTimeResponse,
} from '../../src/gen/control.js';

/** The safe time of one channel as a subscriber of the control service sees it. */
export class SafeTimeFollower {
  /** Every value, in order of arrival. */
  readonly timestamps: bigint[] = [];
  /** When each came, by the clock of this process. */
  readonly arrivedMs: number[] = [];
  readonly #client: ControlServiceClient;
  readonly #stream: ClientReadableStream<WatchSafeTimeResponse>;

  constructor(address: string, channelName: string) {
    this.#client = new ControlServiceClient(address, credentials.createInsecure());
    const request = WatchSafeTimeRequest.fromPartial({ channelNames: [channelName] });
    this.#stream = this.#client.watchSafeTime(request);
    this.#stream.on('error', () => {});
    this.#stream.on('data', ({ safeTimes }: WatchSafeTimeResponse) => {
      for (const { timestamp } of safeTimes) {
        this.timestamps.push(timestamp);
        this.arrivedMs.push(performance.now());
      }
    });
  }

  /** The longest it stood still, in milliseconds, since this moment of `performance.now()`. */
  longestPauseMs(sinceMs: number): number {
    const moments = [sinceMs, ...this.arrivedMs.filter((at) => at > sinceMs)];
    return Math.max(0, ...moments.slice(1).map((at, i) => at - (moments[i] ?? at)));
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}
