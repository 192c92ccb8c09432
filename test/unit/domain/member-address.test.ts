import { describe, expect, it } from 'vitest';
import { checkMemberAddress } from '../../../src/domain/member-address.js';

describe('the address of a member', () => {
  it.each(['10.0.0.1:19530', 'proxy-7.milvus.svc:19530', 'my_host:1', '[::1]:65535'])(
    'may be %s',
    (address) => {
      expect(() => checkMemberAddress(address)).not.toThrow();
    },
  );

  it.each([
    '',
    'host',
    ':19530',
    'host:',
    'host:0',
    'host:65536',
    'host:123456',
    'in-process',
    'unix:/run/docker.sock',
    'dns:///host:1',
    'host:1/path',
    'a b:1',
    'host:1\n',
    '::1:80',
    `${'a'.repeat(254)}:1`,
  ])('may not be %j', (address) => {
    expect(() => checkMemberAddress(address)).toThrow(
      expect.objectContaining({ kind: 'ParameterInvalid' }),
    );
  });
});
