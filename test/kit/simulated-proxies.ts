import { CoordError } from '../../src/domain/errors.js';
import type { Member } from '../../src/ports/membership.js';
import type {
  CacheInvalidation,
  ProxyClient,
  ProxyClients,
} from '../../src/ports/proxy-clients.js';
import { CachedNames } from './cached-names.js';

/** A proxy of another process, without the process and the network between. */
export class SimulatedProxy implements ProxyClient {
  readonly cache = new CachedNames();
  /** `hangs` never answers, not even to say that it was cancelled. */
  health: 'well' | 'hangs' | 'fails' = 'well';
  isClosed = false;
  /** Calls it got and has not answered. */
  open = 0;

  async invalidate(request: CacheInvalidation): Promise<void> {
    if (this.health === 'fails') throw CoordError.of('ServiceUnavailable', {}, 'refused');
    if (this.health === 'hangs') {
      this.open += 1;
      return new Promise(() => {});
    }
    this.cache.forget(request);
  }

  async releaseDqlMessageStream(): Promise<void> {
    if (this.health !== 'well') throw CoordError.of('ServiceUnavailable', {}, 'refused');
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Proxies by address; made when they are first met. */
export class SimulatedProxies implements ProxyClients {
  readonly #proxies = new Map<string, SimulatedProxy>();

  at(address: string): SimulatedProxy {
    const proxy = this.#proxies.get(address) ?? new SimulatedProxy();
    this.#proxies.set(address, proxy);
    return proxy;
  }

  connect({ address }: Member): SimulatedProxy {
    return this.at(address);
  }
}

export const aProxy = (serverId: bigint): Member => ({
  serverId,
  role: 'proxy',
  address: `10.0.0.${serverId}:19530`,
  leaseTtlMs: 10_000,
});
