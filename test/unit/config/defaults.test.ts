import { describe, expect, it } from 'vitest';
import { schemaKeys } from '../../../src/config/schema.js';
import { load, valueAt } from '../../kit/load-settings.js';

const MIB = 1024 * 1024;

/** facts/rootcoord §21 (and §18 for tso, facts/datacoord §20 for dataCoord). */
const factDefaults: ReadonlyArray<readonly [string, unknown]> = [
  ['proxy.port', 19530],
  ['proxy.maxNameLength', 255],
  ['proxy.maxFieldNum', 64],
  ['proxy.maxVectorFieldNum', 4],
  ['proxy.maxShardNum', 16],
  ['proxy.maxDimension', 32768],
  ['proxy.maxVarCharLength', 65535],
  ['proxy.mustUsePartitionKey', false],
  ['proxy.maxTaskNum', 1024],
  ['proxy.timeTickInterval', 200],
  ['proxy.ddlConcurrency', 16],
  ['proxy.healthCheckTimeout', 3000],
  ['proxy.grpc.serverMaxSendSize', 256 * MIB],
  ['proxy.grpc.serverMaxRecvSize', 67108864],
  ['proxy.grpc.clientMaxSendSize', 256 * MIB],
  ['proxy.grpc.clientMaxRecvSize', 67108864],
  ['rootCoord.port', 53100],
  ['rootCoord.dmlChannelNum', 16],
  ['rootCoord.maxPartitionNum', 1024],
  ['rootCoord.maxDatabaseNum', 64],
  ['rootCoord.maxGeneralCapacity', 65536],
  ['rootCoord.gracefulStopTimeout', 5],
  ['rootCoord.grpc.serverMaxSendSize', 536870912],
  ['rootCoord.grpc.serverMaxRecvSize', 268435456],
  ['rootCoord.grpc.clientMaxSendSize', 268435456],
  ['rootCoord.grpc.clientMaxRecvSize', 536870912],
  ['dataCoord.port', 13333],
  ['dataCoord.gracefulStopTimeout', 5],
  ['dataCoord.grpc.serverMaxSendSize', 512 * MIB],
  ['dataCoord.grpc.serverMaxRecvSize', 256 * MIB],
  ['dataCoord.grpc.clientMaxSendSize', 256 * MIB],
  ['dataCoord.grpc.clientMaxRecvSize', 512 * MIB],
  ['queryCoord.port', 19531],
  ['queryCoord.grpc.clientMaxSendSize', 256 * MIB],
  ['queryCoord.grpc.clientMaxRecvSize', 512 * MIB],
  ['metrics.port', 9091],
  ['etcd.endpoints', ['localhost:2379']],
  ['etcd.rootPath', 'by-dev'],
  ['etcd.metaSubPath', 'meta'],
  ['etcd.kvSubPath', 'kv'],
  ['etcd.requestTimeout', 10000],
  ['etcd.auth.enabled', false],
  ['etcd.ssl.enabled', false],
  ['msgChannel.chanNamePrefix.cluster', 'by-dev'],
  ['msgChannel.chanNamePrefix.rootCoordTimeTick', 'rootcoord-timetick'],
  ['msgChannel.chanNamePrefix.rootCoordStatistics', 'rootcoord-statistics'],
  ['msgChannel.chanNamePrefix.rootCoordDml', 'rootcoord-dml'],
  ['msgChannel.chanNamePrefix.rootCoordDelta', 'rootcoord-delta'],
  ['msgChannel.chanNamePrefix.dataCoordTimeTick', 'datacoord-timetick-channel'],
  ['msgChannel.chanNamePrefix.dataCoordSegmentInfo', 'segment-info-channel'],
  ['common.defaultPartitionName', '_default'],
  ['common.ttMsgEnabled', true],
  ['common.session.ttl', 30],
  ['common.session.retryTimes', 30],
  ['common.security.authorizationEnabled', false],
  ['common.security.internaltlsEnabled', false],
  ['common.security.tlsMode', false],
  ['quotaAndLimits.forceDenyAllDDL', false],
  ['quotaAndLimits.limits.maxCollectionNum', 65536],
  ['quotaAndLimits.limits.maxCollectionNumPerDB', 65536],
  ['log.level', 'info'],
  ['rootstock.tso.updateInterval', 50],
  ['rootstock.tso.saveInterval', 3000],
  ['rootstock.ddl.queueLengthMax', 10240],
];

/** Where Rootstock decides for itself, or has keys Milvus has not. */
const ownDefaults: ReadonlyArray<readonly [string, unknown]> = [
  ['queryCoord.address', 'none'],
  ['metastore.type', 'embedded'],
  ['mq.type', 'embedded'],
  ['proxy.ip', '127.0.0.1'],
  ['rootCoord.ip', '127.0.0.1'],
  ['dataCoord.ip', '127.0.0.1'],
  ['metrics.ip', '127.0.0.1'],
  ['rootstock.dataDir', './data'],
  ['rootstock.bind', '127.0.0.1'],
  ['rootstock.defaultPartitionNum', 16],
  ['rootstock.history.retentionSeconds', 86400],
  ['rootstock.undrop.keepSeconds', 1200],
  ['rootstock.undrop.keptMax', 10_000],
  ['rootstock.messages.retentionSeconds', 259_200],
  ['rootstock.messages.retentionBytes', 64 * MIB],
  ['rootstock.nats.servers', ['localhost:4222']],
  ['rootstock.nats.replicas', 1],
  ['rootstock.collections.residentMax', 512],
  ['rootstock.proxies.joinGrace', 2_000],
  ['rootstock.proxies.invalidateTimeout', 1_000],
  ['rootstock.inspect.enabled', false],
  ['rootstock.inspect.ip', '127.0.0.1'],
  ['rootstock.inspect.port', 9092],
  ['rootstock.eventLoop.blockedWarning', 50],
  ['rootstock.limits.requestBytesMax', 4 * MIB],
];

describe('defaults', () => {
  it.each(factDefaults)('%s is what Milvus has: %s', (key, value) => {
    expect(valueAt(load(), key)).toEqual(value);
  });

  it.each(ownDefaults)('%s is our own choice: %s', (key, value) => {
    expect(valueAt(load(), key)).toEqual(value);
  });

  it('are written down here for every key of the schema', () => {
    const listed = [...factDefaults, ...ownDefaults].map(([key]) => key);
    expect(listed.sort()).toEqual([...schemaKeys].sort());
  });

  it.each(schemaKeys)('%s: the default is a value one may say', (key) => {
    const value = valueAt(load(), key);
    const said = load({ sets: [`${key}=${String(value)}`] });
    expect(valueAt(said, key)).toEqual(value);
    expect(said.provenance.get(key)).toEqual({ kind: 'option', option: '--set' });
  });
});
