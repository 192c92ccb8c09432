import type {
  InvalidateCollMetaCacheRequest,
  ReleaseDQLMessageStreamRequest,
} from '../gen/proxy.js';
import type { Member } from './membership.js';

/** What a proxy is told to forget (facts/rootcoord §12.2); the wire's own words. */
export type CacheInvalidation = InvalidateCollMetaCacheRequest;

/** Which collection is searched no longer (facts/rootcoord §15); the wire's own words. */
export type StreamRelease = ReleaseDQLMessageStreamRequest;

/** One proxy as RootCoord calls it. */
export interface ProxyClient {
  /**
   * Settles when the proxy has forgotten, or has nothing to forget: one that offers no such call,
   * or says that the node meant is another. Whatever else it answers is a rejection, and so is an
   * abort.
   */
  invalidate(request: CacheInvalidation, signal: AbortSignal): Promise<void>;
  /** The same, of the streams proxies of Milvus 2.1 search a collection through. */
  releaseDqlMessageStream(request: StreamRelease, signal: AbortSignal): Promise<void>;
  /** Calls under way fail. */
  close(): void;
}

/** How proxies are reached. */
export interface ProxyClients {
  /** Returns at once; whether the proxy can be reached turns out with the first call. */
  connect(proxy: Member): ProxyClient;
}
