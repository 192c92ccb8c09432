import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import {
  type ChangeEvent,
  ChangeFilter,
  type ControlServiceClient,
  type Image,
  ListCollectionsRequest,
  type ListCollectionsResponse,
  SnapshotRequest,
  type SnapshotResponse,
  WatchRequest,
  type WatchResponse,
} from '../../src/gen/control.js';
import { answerOf } from './answer-of.js';

/** What a watch asks for; what is left out is what Protobuf takes it for. */
export interface WatchQuestion extends Partial<Omit<WatchRequest, 'filter'>> {
  readonly filter?: Partial<Omit<ChangeFilter, '_unknownFields'>>;
}

/** Reads one watch to whatever end. */
export class WatchReader {
  readonly events: ChangeEvent[] = [];
  readonly responses: WatchResponse[] = [];
  /** The gRPC error it ended with, if any. */
  error: ServiceError | undefined;
  readonly #stream: ClientReadableStream<WatchResponse>;
  readonly #waiting = new Set<() => void>();

  constructor(control: ControlServiceClient, { filter, ...rest }: WatchQuestion = {}) {
    const request = { ...WatchRequest.create(), ...rest, filter: ChangeFilter.create(filter) };
    this.#stream = control.watch(request);
    this.#stream.on('data', (response: WatchResponse) => {
      this.responses.push(response);
      this.events.push(...response.events);
      for (const look of this.#waiting) look();
    });
    this.#stream.on('error', (error: ServiceError) => {
      this.error = error;
      for (const look of this.#waiting) look();
    });
  }

  get resumeSequence(): bigint {
    return this.responses.at(-1)?.resumeSequence ?? 0n;
  }

  /** Settles when it was told of everything up to `sequence`; rejects when the watch ends before. */
  untilSequence(sequence: bigint): Promise<void> {
    return this.until(() => this.resumeSequence >= sequence);
  }

  /** Settles when the first answer is there: from then on nothing is missed. */
  begun(): Promise<void> {
    return this.until(() => this.responses.length > 0);
  }

  until(isIt: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!isIt() && !this.error) return;
        this.#waiting.delete(look);
        if (isIt()) resolve();
        else reject(this.error);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Settles with the error the watch ends with. */
  async ended(): Promise<ServiceError> {
    await this.until(() => this.error !== undefined);
    if (!this.error) throw new Error('the watch has not ended');
    return this.error;
  }

  /** Stops taking what arrives, like a client that hangs. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  cancel(): void {
    this.#stream.cancel();
  }
}

/** A whole snapshot. */
export async function snapshotOf(
  control: ControlServiceClient,
  request: { readonly timestamp?: bigint; readonly databaseNames?: string[] } = {},
): Promise<{ objects: Image[]; sequence: bigint; messages: number }> {
  const objects: Image[] = [];
  let sequence = 0n;
  let messages = 0;
  const stream: AsyncIterable<SnapshotResponse> = control.snapshot(SnapshotRequest.create(request));
  for await (const response of stream) {
    objects.push(...response.objects);
    sequence = response.sequence;
    messages += 1;
  }
  return { objects, sequence, messages };
}

export const listPage = (
  control: ControlServiceClient,
  request: Partial<ListCollectionsRequest>,
): Promise<ListCollectionsResponse> =>
  answerOf<ListCollectionsResponse>((done) =>
    control.listCollections(ListCollectionsRequest.create(request), done),
  );
