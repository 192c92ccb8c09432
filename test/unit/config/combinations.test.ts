import { describe, expect, it } from 'vitest';
import type { ConfigRequest } from '../../../src/config/load-config.js';
import { configFile } from '../../kit/config-file.js';
import { load, problemsOf, valueAt } from '../../kit/load-settings.js';

describe('where metadata lives', () => {
  const embedded = 'metastore: { type: embedded }\n';
  const etcd = 'metastore: { type: etcd }\n';
  const endpoints = 'etcd: { endpoints: a:1 }\n';
  const cases: ReadonlyArray<readonly [string, string, Partial<ConfigRequest>, string]> = [
    ['embedded by default', '', {}, 'embedded'],
    ['what the type says', etcd, {}, 'etcd'],
    ['etcd when only endpoints are said', endpoints, {}, 'etcd'],
    [
      'etcd when only endpoints are said, in the environment',
      '',
      { env: { ETCD_ENDPOINTS: 'a:1' } },
      'etcd',
    ],
    ['embedded beside endpoints of the same file', embedded + endpoints, {}, 'embedded'],
    [
      'embedded over endpoints of a weaker source',
      endpoints + etcd,
      { sets: ['metastore.type=embedded'] },
      'embedded',
    ],
    ['etcd at endpoints of a stronger source', etcd, { sets: ['etcd.endpoints=b:2'] }, 'etcd'],
    ['embedded when only other etcd keys are said', 'etcd: { rootPath: x }', {}, 'embedded'],
  ];

  it.each(cases)('is %s', (_, content, request, type) => {
    const loaded = load({ configPath: configFile(content), ...request });
    expect(loaded.config.metastore.type).toBe(type);
  });

  it('is refused to be guessed: embedded against endpoints of a stronger source', () => {
    const configPath = configFile(embedded);
    expect(problemsOf({ configPath, env: { ETCD_ENDPOINTS: 'a:1' } })).toEqual([
      `environment variable ETCD_ENDPOINTS: etcd.endpoints asks for etcd, but metastore.type = "embedded" (${configPath}:1); say metastore.type where etcd.endpoints is said`,
    ]);
  });

  it('is told as said where the endpoints are said', () => {
    const { provenance } = load({ env: { ETCD_ENDPOINTS: 'a:1' } });
    const origin = { kind: 'environment', variable: 'ETCD_ENDPOINTS' };
    expect(provenance.get('metastore.type')).toEqual(origin);
  });
});

describe('a fallback key', () => {
  it.each([
    ['localStorage.path', '/x', 'rootstock.dataDir', '/y'],
    ['rootstock.bind', '0.0.0.0', 'proxy.ip', '::1'],
    ['rootstock.bind', '0.0.0.0', 'rootCoord.ip', '::1'],
    ['rootstock.bind', '0.0.0.0', 'dataCoord.ip', '::1'],
    ['rootstock.bind', '0.0.0.0', 'metrics.ip', '::1'],
    ['rootCoord.tso.updateInterval', '20ms', 'rootstock.tso.updateInterval', '10'],
    ['rootCoord.tso.saveInterval', '2000ms', 'rootstock.tso.saveInterval', '1000'],
    ['common.MetricsPort', '1', 'metrics.port', '2'],
    ['common.chanNamePrefix.cluster', 'a', 'msgChannel.chanNamePrefix.cluster', 'b'],
  ])('%s = %s counts for %s where that is not said, in any source', (fallback, text, key, own) => {
    const expected = valueAt(load({ sets: [`${key}=${text}`] }), key);
    expect(valueAt(load({ sets: [`${fallback}=${text}`] }), key)).toEqual(expected);
    const both = load({
      configPath: configFile(`${key}: "${own}"`),
      sets: [`${fallback}=${text}`],
    });
    expect(valueAt(both, key)).toEqual(valueAt(load({ sets: [`${key}=${own}`] }), key));
  });

  it('is named in a complaint about its value, once', () => {
    expect(problemsOf({ sets: ['rootstock.bind=anywhere'] })).toEqual([
      '--set: rootstock.bind = "anywhere" must be an IP address such as 127.0.0.1, 0.0.0.0 or ::',
    ]);
  });

  it('does not move the inspector, which has no login', () => {
    expect(load({ sets: ['rootstock.bind=0.0.0.0'] }).config.rootstock.inspect.ip).toBe(
      '127.0.0.1',
    );
  });
});

describe('values that contradict each other', () => {
  it.each([
    [['proxy.port=9091'], 'proxy.port and metrics.port are both 9091 (said in --set and default)'],
    [
      ['proxy.port=1', 'dataCoord.port=1'],
      'proxy.port and dataCoord.port are both 1 (said in --set)',
    ],
    [
      ['proxy.port=1', 'dataCoord.port=1', 'proxy.ip=0.0.0.0'],
      'proxy.port and dataCoord.port are both 1 (said in --set)',
    ],
    [
      ['proxy.port=1', 'dataCoord.port=1', 'dataCoord.ip=::'],
      'proxy.port and dataCoord.port are both 1 (said in --set)',
    ],
    [
      ['rootstock.inspect.enabled=true', 'rootstock.inspect.port=9091'],
      'metrics.port and rootstock.inspect.port are both 9091 (said in default and --set)',
    ],
    [
      ['rootstock.tso.updateInterval=1s', 'rootstock.tso.saveInterval=1000'],
      'rootstock.tso.saveInterval must be at least 10 times rootstock.tso.updateInterval (said in --set)',
    ],
  ])('%j: %s', (sets, problem) => {
    expect(problemsOf({ sets })).toEqual([problem]);
  });

  it.each([
    [['proxy.port=0', 'rootCoord.port=0']],
    [['proxy.port=1', 'dataCoord.port=1', 'proxy.ip=127.0.0.2']],
    [['rootstock.inspect.port=9091']],
  ])('%j do not', (sets) => {
    expect(problemsOf({ sets })).toEqual([]);
  });

  it('are not looked for behind a value that is bad itself', () => {
    expect(problemsOf({ sets: ['proxy.port=none', 'rootCoord.port=19530'] })).toHaveLength(1);
  });
});

describe('problems', () => {
  it('are told all together, whatever source and kind they are of', () => {
    const configPath = configFile('proxi: 1\nproxy: { port: x }\nmetastore: { type: embedded }\n');
    const problems = problemsOf({
      configPath,
      env: { ETCD_ENDPOINTS: 'a:1', LOG_LEVEL: 'loud' },
      sets: ['nothing=1', 'rootCoord.port=13333'],
    });
    expect(problems).toHaveLength(6);
    expect(problems.join('\n')).toMatch(
      /proxi[\s\S]*nothing[\s\S]*port = "x"[\s\S]*loud[\s\S]*both 13333[\s\S]*embedded/,
    );
  });

  it('make one readable message', () => {
    expect(() => load({ sets: ['zzz=1', 'yyy=1'] })).toThrow(
      '2 problems in the configuration:\n  --set: unknown key "zzz"\n  --set: unknown key "yyy"',
    );
  });
});
