import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, expand, fallbackKeys, meaningOf } from '../../../src/config/known-keys.js';
import { milvusKeys } from '../../../src/config/milvus-keys.js';
import { nearestKey } from '../../../src/config/nearest-key.js';
import { schemaKeys } from '../../../src/config/schema.js';
import { editDistance } from '../../../src/domain/edit-distance.js';
import { configFile } from '../../kit/config-file.js';
import { load, problemsOf } from '../../kit/load-settings.js';

/** In the form of a stock milvus.yaml: keys of ours, keys only Milvus has, keys users name. */
const STOCK = `
etcd:
  endpoints: localhost:2379
  ssl:
    enabled: false
    tlsMinVersion: 1.3
metastore:
  type: etcd
minio:
  address: localhost
  iamEndpoint:
rootCoord:
  dmlChannelNum: 16
  enableActiveStandby: false
  ip:
proxy:
  accessLog:
    formatters:
      mine:
        format: "[$time_now]"
        methods: [Query, Search]
rocksmq:
  compressionTypes: 0,0,7,7,7
dataCoord:
  compaction:
    levelzero:
      forceTrigger:
        minSize: 8388608
knowhere:
  DISKANN: { build: { max_degree: 56 } }
`;

describe("Milvus' own keys", () => {
  it('load from a stock file and are reported as ignored where Rootstock has no use for them', () => {
    const { ignoredKeys, config } = load({ configPath: configFile(STOCK) });
    expect(config.metastore.type).toBe('etcd');
    expect(ignoredKeys).toEqual([
      'dataCoord.compaction.levelzero.forceTrigger.minSize',
      'etcd.ssl.tlsMinVersion',
      'knowhere',
      'minio.address',
      'proxy.accessLog.formatters',
      'rocksmq.compressionTypes',
      'rootCoord.enableActiveStandby',
    ]);
  });

  it('are reported once and sorted, from --set too', () => {
    const sets = ['queryNode.port=1', 'minio.port=1', 'queryNode.port=2'];
    expect(load({ sets }).ignoredKeys).toEqual(['minio.port', 'queryNode.port']);
  });

  // Keys of facts/rootcoord §21 from every part of the list, old versions included.
  it.each([
    'rootCoord.minSegmentSizeToEnableIndex',
    'rootCoord.useLockScheduler',
    'rootCoord.defaultDBProperties',
    'rootCoord.importTaskSubPath',
    'common.defaultIndexName',
    'common.entityExpiration',
    'common.preCreatedTopic.names',
    'common.healthcheck.timeout.seconds',
    'common.security.rbac.cluster.readonly.privileges',
    'common.locks.threshold.warn',
    'proxy.maxUsernameLength',
    'proxy.partitionNameRegexp',
    'metastore.maxEtcdTxnNum',
    'metastore.readConcurrency',
    'quotaAndLimits.ddl.collectionRate',
    'quotaAndLimits.flushRate.collection.max',
    'quotaAndLimits.limitWriting.diskProtection.diskQuotaPerDB',
    'streamingNode.grpc.serverMaxRecvSize',
    'credential.my-key.apikey',
  ])('%s is one', (name) => {
    expect(meaningOf(name)).toEqual({ kind: 'ignored' });
  });

  it('are a well-formed list: braces match, no name twice', () => {
    const { names, openSections } = expand(milvusKeys);
    const opened = milvusKeys.split('{').length;
    expect(milvusKeys.split('}')).toHaveLength(opened);
    expect(names.length).toBeGreaterThan(1_000);
    expect(openSections.length).toBeGreaterThan(5);
    expect(new Set(names.map(canonical)).size).toBe(names.length);
  });

  it('nest as they are written', () => {
    expect(expand('z a{b c{d *} e}')).toEqual({
      names: ['z', 'a.b', 'a.c.d', 'a.e'],
      openSections: ['a.c'],
    });
  });
});

describe('our keys', () => {
  it('differ in more than case, dots and underscores', () => {
    const keys = [...new Set([...schemaKeys, ...Object.values(fallbackKeys)])];
    expect(new Set(keys.map(canonical)).size).toBe(keys.length);
  });

  it('have fallbacks only for keys of the schema', () => {
    expect(schemaKeys).toEqual(expect.arrayContaining(Object.keys(fallbackKeys)));
  });
});

describe('unknown keys', () => {
  it.each([
    ['rootCoord.dmlChanelNum', 'rootCoord.dmlChannelNum'],
    ['rootCoord.dmlChannelNums', 'rootCoord.dmlChannelNum'],
    ['rootCord.port', 'rootCoord.port'],
    ['dmlChannelNum', 'rootCoord.dmlChannelNum'],
    ['minio.adress', 'minio.address'],
    ['proxi', 'proxy'],
    ['rootstock.datadri', 'rootstock.dataDir'],
  ])('%s is refused, and %s suggested', (name, near) => {
    const configPath = configFile(`\n${name}: 1\n`);
    const text = `unknown key "${name}"; did you mean "${near}"?`;
    expect(problemsOf({ configPath })).toEqual([`${configPath}:2: ${text}`]);
    expect(problemsOf({ sets: [`${name}=1`] })).toEqual([`--set: ${text}`]);
  });

  it.each(['port', 'zzz', 'rootCoord.somethingEntirelyElse'])('%s resembles nothing', (name) => {
    expect(problemsOf({ sets: [`${name}=1`] })).toEqual([`--set: unknown key "${name}"`]);
  });

  it('are refused without a value too, and once for everything below them', () => {
    const configPath = configFile('sharks:\n  a: 1\n  b: { c: 2 }\nwhales:\n');
    expect(problemsOf({ configPath })).toEqual([
      `${configPath}:1: unknown key "sharks"`,
      `${configPath}:4: unknown key "whales"`,
    ]);
  });

  it('of absurd length are not compared with anything', () => {
    expect(nearestKey('x'.repeat(100_000))).toBeUndefined();
  });
});

describe('editDistance', () => {
  const word = fc.string({ maxLength: 12 });

  it('is zero exactly for equal words, symmetric, and a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it.each([
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['port', 'ports', 1],
  ])('of "%s" and "%s" is %i', (from, to, mistakes) => {
    expect(editDistance(from, to)).toBe(mistakes);
  });
});
