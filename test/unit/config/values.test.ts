import { describe, expect, it } from 'vitest';
import { configFile } from '../../kit/config-file.js';
import { load, problemsOf, valueAt } from '../../kit/load-settings.js';

const good: ReadonlyArray<readonly [key: string, text: string, value: unknown]> = [
  ['proxy.port', '0', 0],
  ['proxy.port', '65535', 65535],
  ['proxy.port', '+8080', 8080],
  ['proxy.port', ' 8080 ', 8080],
  ['rootCoord.dmlChannelNum', '1', 1],
  ['rootCoord.dmlChannelNum', '4096', 4096],
  ['rootCoord.maxPartitionNum', '0', 0],
  ['rootCoord.maxPartitionNum', '2147483647', 2147483647],
  ['proxy.maxVectorFieldNum', '10', 10],
  ['proxy.mustUsePartitionKey', 'true', true],
  ['proxy.mustUsePartitionKey', 'T', true],
  ['proxy.mustUsePartitionKey', '1', true],
  ['proxy.mustUsePartitionKey', 'False', false],
  ['proxy.mustUsePartitionKey', '0', false],
  ['proxy.timeTickInterval', '500', 500],
  ['proxy.timeTickInterval', '1s', 1000],
  ['proxy.timeTickInterval', '50ms', 50],
  ['rootCoord.gracefulStopTimeout', '0', 0],
  ['rootCoord.gracefulStopTimeout', '2000ms', 2],
  ['rootCoord.gracefulStopTimeout', '5 m', 300],
  ['rootstock.history.retentionSeconds', '24h', 86400],
  ['rootstock.tso.saveInterval', '3000ms', 3000],
  ['proxy.grpc.serverMaxRecvSize', '1048576', 1048576],
  ['proxy.grpc.serverMaxRecvSize', '64mb', 67108864],
  ['proxy.grpc.serverMaxRecvSize', '1G', 1073741824],
  ['proxy.grpc.serverMaxRecvSize', '8 k', 8192],
  ['etcd.endpoints', 'a:1,b:2', ['a:1', 'b:2']],
  ['queryCoord.address', 'query-coord', 'query-coord'],
  ['queryCoord.address', '[::1]:19531', '[::1]:19531'],
  [
    'etcd.endpoints',
    ' http://etcd-0.etcd:2379 , [::1]:2379 ',
    ['http://etcd-0.etcd:2379', '[::1]:2379'],
  ],
  ['etcd.rootPath', '/team/by-dev', '/team/by-dev'],
  ['metastore.type', 'ETCD', 'etcd'],
  ['mq.type', 'default', 'embedded'],
  ['mq.type', 'RocksMQ', 'embedded'],
  ['mq.type', 'natsmq', 'natsmq'],
  ['log.level', 'WARN', 'warn'],
  ['log.level', 'panic', 'fatal'],
  ['proxy.ip', '::', '::'],
  ['proxy.ip', '0.0.0.0', '0.0.0.0'],
  ['common.defaultPartitionName', '2024-default', '2024-default'],
  ['rootstock.dataDir', '/var/lib/root stock', '/var/lib/root stock'],
  ['common.security.authorizationEnabled', 'false', false],
  ['common.security.tlsMode', '0', false],
];

const bad: ReadonlyArray<readonly [key: string, text: string, allowed: string]> = [
  ['proxy.port', '-1', 'a whole number from 0 to 65535'],
  ['proxy.port', '65536', 'a whole number from 0 to 65535'],
  ['proxy.port', 'http', 'a whole number from 0 to 65535'],
  ['proxy.port', '19530.0', 'a whole number from 0 to 65535'],
  ['proxy.port', '0x10', 'a whole number from 0 to 65535'],
  ['proxy.port', '1e3', 'a whole number from 0 to 65535'],
  ['proxy.port', '1_000', 'a whole number from 0 to 65535'],
  ['proxy.port', 'tcp://10.0.0.1:19530', 'a whole number from 0 to 65535'],
  ['rootCoord.dmlChannelNum', '0', 'a whole number from 1 to 4096'],
  ['rootCoord.dmlChannelNum', '4097', 'a whole number from 1 to 4096'],
  ['rootCoord.maxPartitionNum', '-1', 'a whole number from 0 to 2147483647'],
  ['rootCoord.maxPartitionNum', '2147483648', 'a whole number from 0 to 2147483647'],
  ['rootCoord.maxPartitionNum', '9223372036854775808', 'a whole number from 0 to 2147483647'],
  ['proxy.maxDimension', '1', 'a whole number from 2 to 2147483647'],
  ['proxy.mustUsePartitionKey', 'yes', 'true or false'],
  ['proxy.mustUsePartitionKey', 'tRUE', 'true or false'],
  ['proxy.mustUsePartitionKey', '2', 'true or false'],
  ['proxy.timeTickInterval', '0', 'milliseconds from 1 to 60000'],
  ['proxy.timeTickInterval', '61s', 'milliseconds from 1 to 60000'],
  ['proxy.timeTickInterval', '-5', 'milliseconds from 1 to 60000'],
  ['proxy.timeTickInterval', '5 weeks', 'milliseconds from 1 to 60000'],
  ['rootCoord.gracefulStopTimeout', '1500ms', 'a whole number of seconds from 0 to 3600'],
  ['proxy.grpc.serverMaxRecvSize', '1023', 'bytes from 1024 to 2147483647'],
  ['proxy.grpc.serverMaxRecvSize', '2g', 'bytes from 1024 to 2147483647'],
  ['proxy.grpc.serverMaxRecvSize', '64mib', 'bytes from 1024 to 2147483647'],
  ['queryCoord.address', 'http://a:1', 'a host, or host:port'],
  ['queryCoord.address', 'a:0', 'a host, or host:port'],
  ['queryCoord.address', 'a b', 'a host, or host:port'],
  ['etcd.endpoints', 'localhost', 'entries of the form host:port'],
  ['etcd.endpoints', 'a:1,,b:2', 'entries of the form host:port'],
  ['etcd.endpoints', 'a:0', 'entries of the form host:port'],
  ['etcd.endpoints', 'a:65536', 'entries of the form host:port'],
  ['etcd.endpoints', 'ftp://a:1', 'entries of the form host:port'],
  ['etcd.endpoints', Array.from({ length: 33 }, (_, i) => `a${i}:1`).join(','), '1 to 32 entries'],
  ['etcd.rootPath', 'by-dev/', 'a path such as by-dev'],
  ['etcd.rootPath', 'by//dev', 'a path such as by-dev'],
  ['etcd.rootPath', '/', 'a path such as by-dev'],
  ['metastore.type', 'tikv', 'one of embedded, etcd'],
  ['mq.type', 'pulsar', 'one of embedded, default, rocksmq, natsmq'],
  ['rootstock.nats.replicas', '6', '5'],
  ['log.level', 'loud', 'one of trace, debug, info, warn, error, panic, fatal'],
  ['proxy.ip', 'localhost', 'an IP address'],
  ['proxy.ip', '256.0.0.1', 'an IP address'],
  ['common.defaultPartitionName', '-first', 'letters, digits, underscores or hyphens'],
  ['common.defaultPartitionName', 'ä', 'letters, digits, underscores or hyphens'],
  ['common.defaultPartitionName', 'x'.repeat(256), 'letters, digits, underscores or hyphens'],
  ['msgChannel.chanNamePrefix.cluster', 'by/dev', 'letters, digits, hyphens'],
  ['common.session.ttl', '0', 'seconds from 1 to 86400'],
  [
    'common.security.authorizationEnabled',
    'true',
    'false, since Rootstock does not support it yet',
  ],
  ['common.security.tlsMode', '2', '0, since Rootstock does not support it yet'],
  ['etcd.ssl.enabled', 'true', 'false, since Rootstock does not support it yet'],
  ['quotaAndLimits.forceDenyAllDDL', 'true', 'false, since Rootstock does not support it yet'],
];

const variableOf = (key: string) => key.toUpperCase().replaceAll('.', '_');

describe('values', () => {
  it.each(good)('%s takes "%s" from any source', (key, text, value) => {
    const path = configFile(`${key}: '${text}'\n`);
    expect(valueAt(load({ sets: [`${key}=${text}`] }), key)).toEqual(value);
    expect(valueAt(load({ env: { [variableOf(key)]: text } }), key)).toEqual(value);
    expect(valueAt(load({ configPath: path }), key)).toEqual(value);
  });

  it.each(bad)('%s refuses "%s" and says what is allowed', (key, text, allowed) => {
    const path = configFile(`\n${key}: '${text}'\n`);
    const sources = [
      [{ sets: [`${key}=${text}`] }, '--set: '],
      [{ env: { [variableOf(key)]: text } }, `environment variable ${variableOf(key)}: `],
      [{ configPath: path }, `${path}:2: `],
    ] as const;
    for (const [request, origin] of sources) {
      const [problem, ...others] = problemsOf(request);
      expect(others).toEqual([]);
      expect(problem).toContain(`${origin}${key} = "${text.slice(0, 100)}`);
      expect(problem).toContain('must be ');
      expect(problem).toContain(allowed);
    }
  });

  it('repeats a long bad value only in part', () => {
    const [problem] = problemsOf({ sets: [`log.level=${'x'.repeat(100_000)}`] });
    expect(problem?.length).toBeLessThan(600);
  });
});
