import {
  type ClientUnaryCall,
  credentials,
  status as grpcStatus,
  type requestCallback,
  type ServiceError,
} from '@grpc/grpc-js';
import { CoordError, isKind } from '../../domain/errors.js';
import { failureOf } from '../../domain/status.js';
import type { Status } from '../../gen/common.js';
import { ProxyClient as ProxyStub } from '../../gen/proxy.js';
import type { Member } from '../../ports/membership.js';
import type {
  CacheInvalidation,
  ProxyClient,
  ProxyClients,
  StreamRelease,
} from '../../ports/proxy-clients.js';
import { RECONNECTING_CHANNEL } from './reconnecting-channel.js';

const CHANNEL_OPTIONS = {
  ...RECONNECTING_CHANNEL,
  // Each proxy has a connection of its own: closing it really leaves the proxy.
  'grpc.use_local_subchannel_pool': 1,
};

/** `milvus.proto.proxy.Proxy` of every era, in plaintext. */
export const grpcProxyClients: ProxyClients = {
  connect: ({ address }: Member) => new GrpcProxyClient(address),
};

class GrpcProxyClient implements ProxyClient {
  readonly #stub: ProxyStub;
  readonly #address: string;

  /** @param address `host:port`. */
  constructor(address: string) {
    this.#address = address;
    this.#stub = new ProxyStub(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  invalidate(request: CacheInvalidation, signal: AbortSignal): Promise<void> {
    return this.#ask(signal, (done) => this.#stub.invalidateCollectionMetaCache(request, done));
  }

  releaseDqlMessageStream(request: StreamRelease, signal: AbortSignal): Promise<void> {
    return this.#ask(signal, (done) => this.#stub.releaseDqlMessageStream(request, done));
  }

  #ask(
    signal: AbortSignal,
    begin: (done: requestCallback<Status>) => ClientUnaryCall,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const call = begin((error, answer) => {
        signal.removeEventListener('abort', cancel);
        const failure = this.#failureOf(error, answer);
        if (failure) reject(failure);
        else resolve();
      });
      const cancel = () => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });
  }

  close(): void {
    this.#stub.close();
  }

  #failureOf(error: ServiceError | null, answer: Status | undefined): CoordError | undefined {
    if (error) return this.#unreached(error);
    const failure = failureOf(answer);
    const isNothing = isKind(failure, 'NodeNotFound') || isKind(failure, 'ServiceUnimplemented');
    return isNothing ? undefined : failure;
  }

  #unreached(error: ServiceError): CoordError | undefined {
    if (error.code === grpcStatus.UNIMPLEMENTED) return undefined;
    const fields = { proxy: this.#address };
    return CoordError.of('ServiceUnavailable', fields, error.details || error.message);
  }
}
