import { CoordError, echo } from '../../domain/errors.js';
import { checkMemberAddress } from '../../domain/member-address.js';
import { StatusOk } from '../../domain/status.js';
import {
  type LeaseResponse,
  MembershipServiceService,
  type RegisterRequest,
} from '../../gen/membership.js';
import type { HeldLease, Membership, Registration } from '../../ports/membership.js';
import { PROXY_ROLE } from '../../root/proxies/proxy-sessions.js';
import type { RootCoord } from '../../root/root-coord.js';
import type { ServiceBinding } from '../server.js';
import { type RpcDeps, unary } from '../unary.js';

export interface MembershipServiceDeps {
  /** @throws CoordError `ServiceNotReady` unless this coordinator serves. */
  readonly root: () => Pick<RootCoord, 'proxies'>;
  /** For those who do not say. */
  readonly leaseTtlMs: number;
}

/** `rootstock.control.v1.MembershipService`: sessions for those who have no etcd to put them in. */
export function membershipService(
  deps: RpcDeps,
  { root, leaseTtlMs }: MembershipServiceDeps,
): ServiceBinding {
  const membership = () => membershipOf(root());
  const { register, keepAlive, leave } = MembershipServiceService;
  return {
    name: 'rootstock.control.v1.MembershipService',
    definition: MembershipServiceService,
    handlers: {
      register: unary(deps, register, async ({ request }) =>
        leaseResponse(await membership().register(registrationOf(request, leaseTtlMs))),
      ),

      keepAlive: unary(deps, keepAlive, async ({ request }) =>
        leaseResponse(await membership().keepAlive(request)),
      ),

      leave: unary(deps, leave, async ({ request }) => {
        await membership().leave(request);
        return StatusOk;
      }),
    },
  };
}

function membershipOf({ proxies }: Pick<RootCoord, 'proxies'>): Membership {
  if (proxies) return proxies.membership;
  throw CoordError.of('ServiceUnavailable', {}, 'nobody can register here');
}

function registrationOf(request: RegisterRequest, defaultTtlMs: number): Registration {
  const { role, address, leaseTtlMs, serverId } = request;
  if (role !== PROXY_ROLE) {
    throw CoordError.invalid(`role "${echo(role)}" cannot be registered, only ${PROXY_ROLE}`);
  }
  checkMemberAddress(address);
  return {
    role,
    address,
    leaseTtlMs: leaseTtlMs === 0n ? defaultTtlMs : Number(leaseTtlMs),
    serverId: serverId === 0n ? undefined : serverId,
  };
}

const leaseResponse = ({ serverId, leaseId, leaseTtlMs }: HeldLease): LeaseResponse => ({
  status: StatusOk,
  serverId,
  leaseId,
  leaseTtlMs: BigInt(leaseTtlMs),
});
