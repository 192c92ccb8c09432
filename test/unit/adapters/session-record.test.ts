import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSession, encodeSession } from '../../../src/adapters/etcd/session-record.js';

const candidateArbitrary = fc.record({
  address: fc.string(),
  host: fc.string(),
  bootId: fc.string(),
  pidNamespace: fc.string(),
  pid: fc.nat(),
  processStart: fc.string(),
});

it('reads back the candidate it wrote, and its ids digit by digit', () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(candidateArbitrary, id, id, (candidate, serverId, leaseId) => {
      const bytes = encodeSession('rootcoord', candidate, serverId, leaseId);
      expect(decodeSession(bytes).candidate).toEqual(candidate);
      expect(bytes.toString()).toContain(`{"ServerID":${serverId},"LeaseID":${leaseId},`);
      expect(JSON.parse(bytes.toString())).toMatchObject({ ServerName: 'rootcoord' });
    }),
  );
});

it('reads a session of Milvus, which tells no process', () => {
  const session = '{"ServerID":7,"Address":"10.0.0.1:53100","HostName":"h","Version":"2.4.1"}';
  expect(decodeSession(Buffer.from(session))).toEqual({
    address: '10.0.0.1:53100',
    host: 'h',
    candidate: undefined,
  });
});

it.each(['', 'text', '[]', 'null', '7', '{"Pid":"x"}'])('does not stumble over %j', (value) => {
  expect(decodeSession(Buffer.from(value))).toEqual({
    address: '',
    host: '',
    candidate: undefined,
  });
});
