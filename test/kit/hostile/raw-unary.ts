import { Client, credentials, type Metadata } from '@grpc/grpc-js';
import type { ServerProcess } from '../server-process.js';
import type { ServiceName } from './built-rpcs.js';
import type { Answer } from './verdict.js';

/** Longer than any answer may take, so that none at all shows as DEADLINE_EXCEEDED. */
const PATIENCE_MS = 20_000;

const NOTHING = Buffer.alloc(0);
const same = (bytes: Buffer): Buffer => bytes;

/** What is to be sent, and where. */
export interface RawRequest {
  readonly service: ServiceName;
  readonly path: string;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
}

/** A client of every service that sends and hears bytes as they are. */
export class RawUnary {
  readonly #clients: Readonly<Record<ServiceName, Client>>;

  constructor({ address, rootCoordAddress, dataCoordAddress }: ServerProcess) {
    const options = {
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    };
    this.#clients = {
      milvus: new Client(address, credentials.createInsecure(), options),
      rootCoord: new Client(rootCoordAddress, credentials.createInsecure(), options),
      dataCoord: new Client(dataCoordAddress, credentials.createInsecure(), options),
    };
  }

  call(request: RawRequest): Promise<Answer> {
    return this.start(request).answer;
  }

  /** A call that can be given up. */
  start({ service, path, bytes, metadata }: RawRequest): {
    readonly answer: Promise<Answer>;
    cancel(): void;
  } {
    const client = this.#clients[service];
    const options = { deadline: Date.now() + PATIENCE_MS };
    let cancel = () => {};
    const answer = new Promise<Answer>((resolve) => {
      const call = client.makeUnaryRequest(
        path,
        same,
        same,
        bytes,
        metadata,
        options,
        (error, response) =>
          resolve(
            error ? { kind: 'error', error } : { kind: 'response', bytes: response ?? NOTHING },
          ),
      );
      cancel = () => call.cancel();
    });
    return { answer, cancel };
  }

  close(): void {
    this.#clients.milvus.close();
    this.#clients.rootCoord.close();
    this.#clients.dataCoord.close();
  }
}
