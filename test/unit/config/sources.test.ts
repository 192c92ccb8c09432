import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaKeys } from '../../../src/config/schema.js';
import { configDirectory, configFile } from '../../kit/config-file.js';
import { load, problemsOf, valueAt } from '../../kit/load-settings.js';

describe('precedence', () => {
  it('is --set over environment over file over default, for any combination', () => {
    const portNumber = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(portNumber, portNumber, portNumber, (option, variable, file) => {
        const loaded = load({
          sets: option === undefined ? [] : [`rootCoord.port=${option}`],
          env: variable === undefined ? {} : { ROOTCOORD_PORT: String(variable) },
          configPath: configFile(file === undefined ? '' : `rootCoord: { port: ${file} }`),
        });
        const kind =
          (option !== undefined && 'option') ||
          (variable !== undefined && 'environment') ||
          (file !== undefined && 'file') ||
          'default';
        expect(loaded.config.rootCoord.port).toBe(option ?? variable ?? file ?? 53_100);
        expect(loaded.provenance.get('rootCoord.port')?.kind).toBe(kind);
      }),
      { numRuns: 50 },
    );
  });

  it('lets the last --set of a key win, and --data-dir over --set rootstock.dataDir', () => {
    const sets = ['log.level=warn', 'rootstock.dataDir=/a', 'log.level=error'];
    const { config, provenance } = load({ sets, dataDir: '/b' });
    expect(config.log.level).toBe('error');
    expect(config.rootstock.dataDir).toBe('/b');
    expect(provenance.get('rootstock.dataDir')).toEqual({ kind: 'option', option: '--data-dir' });
  });

  it('hides a bad value behind a stronger good one', () => {
    const env = { LOG_LEVEL: 'loud' };
    expect(problemsOf({ env })).toHaveLength(1);
    expect(load({ env, sets: ['log.level=warn'] }).config.log.level).toBe('warn');
  });
});

describe('a loaded configuration', () => {
  it('tells for every key where it was said', () => {
    const path = configFile('proxy:\n  port: 1\n');
    const { provenance } = load({ configPath: path, env: { LOG_LEVEL: 'warn' } });
    expect([...provenance.keys()]).toEqual(schemaKeys);
    expect(provenance.get('proxy.port')).toEqual({ kind: 'file', path, line: 2 });
    expect(provenance.get('log.level')).toEqual({ kind: 'environment', variable: 'LOG_LEVEL' });
    expect(provenance.get('proxy.ip')).toEqual({ kind: 'default' });
  });

  it('cannot be changed, at any depth', () => {
    const { config } = load({ sets: ['etcd.endpoints=a:1,b:2'] });
    expect(Reflect.set(config, 'proxy', {})).toBe(false);
    expect(Reflect.set(config.proxy.grpc, 'serverMaxRecvSize', 1)).toBe(false);
    expect(Reflect.set(config.etcd.endpoints, 0, 'c:3')).toBe(false);
  });
});

describe('a file', () => {
  it('may give a list for a list of words', () => {
    const configPath = configFile('etcd:\n  endpoints:\n    - etcd-0:2379\n    - "etcd-1:2379"\n');
    expect(load({ configPath }).config.etcd.endpoints).toEqual(['etcd-0:2379', 'etcd-1:2379']);
  });

  it('says nothing where a key has no value', () => {
    const configPath = configFile('proxy:\n  ip:\n  port: ~\nrootCoord:\nlog: { level: "" }\n');
    expect(load({ configPath }).config).toEqual(load().config);
  });

  it('may write a key as Milvus compares it: any case, with or without dots', () => {
    const configPath = configFile('rootcoord.dml_channel_num: 3\nPROXY: { Port: 4 }\n');
    const { config } = load({ configPath });
    expect([config.rootCoord.dmlChannelNum, config.proxy.port]).toEqual([3, 4]);
  });

  it('may use anchors', () => {
    const configPath = configFile(
      'proxy: { port: &p 4000 }\nrootCoord: { port: 1, maxDatabaseNum: *p }',
    );
    expect(load({ configPath }).config.rootCoord.maxDatabaseNum).toBe(4000);
  });

  it('keeps every digit of a 64-bit number it has to refuse', () => {
    const configPath = configFile('rootCoord: { maxDatabaseNum: 449812345678901235 }');
    expect(problemsOf({ configPath })[0]).toContain('"449812345678901235"');
  });

  it.each([
    ['a missing file', undefined, 'cannot be read: ENOENT'],
    ['no map', '- a\n- b\n', ':1: keys and values were expected here'],
    ['bad YAML', 'log:\n  level: "info\n', ':3: Missing closing "quote'],
    ['a key twice', 'log: {}\nlog: {}\n', ':2: Map keys must be unique'],
    [
      'a key twice, spelled differently',
      'log.level: info\nlog:\n  level: warn\n',
      ':3: "log.level" repeats "log.level"',
    ],
    [
      'a group as a value',
      'proxy:\n  port: { a: 1 }\n',
      ':2: "proxy.port" takes a value, not a group of keys',
    ],
    [
      'a list of groups',
      'proxy:\n  port:\n   - a: 1\n',
      ':2: "proxy.port" takes a value, not a group of keys',
    ],
    ['a value for a group', 'proxy: 1\n', ':1: "proxy" is a group of keys and takes no value'],
    ['more than 1 MiB', `# ${'x'.repeat(1024 * 1024)}`, 'at most 1048576 are read'],
  ])('is refused for %s', (_, content, problem) => {
    const configPath = content === undefined ? '/nowhere/milvus.yaml' : configFile(content);
    const problems = problemsOf({ configPath });
    expect(problems[0]).toContain(configPath);
    expect(problems[0]).toContain(problem);
  });
});

describe('the environment', () => {
  it.each([
    ['ROOTCOORD_DMLCHANNELNUM', 'rootCoord.dmlChannelNum', '7', 7],
    ['RootCoord_Dml_Channel_Num', 'rootCoord.dmlChannelNum', '7', 7],
    ['rootCoord.dmlChannelNum', 'rootCoord.dmlChannelNum', '7', 7],
    ['rootCoord/dmlChannelNum', 'rootCoord.dmlChannelNum', '7', 7],
    ['ETCD_ENDPOINTS', 'etcd.endpoints', 'a:1,b:2', ['a:1', 'b:2']],
    ['METRICS_PORT', 'metrics.port', '1', 1],
    ['ROOTSTOCK_DATA_DIR', 'rootstock.dataDir', '/x', '/x'],
    ['MILVUS_CONF_PROXY_PORT', 'proxy.port', '5', 5],
  ])('%s sets %s', (variable, key, text, value) => {
    expect(valueAt(load({ env: { [variable]: text } }), key)).toEqual(value);
  });

  it('leaves alone what names no key of ours, is empty or is not set', () => {
    const env = {
      PATH: '/bin',
      MINIO_ADDRESS: 'minio',
      ROOTCORD_PORT: 'x',
      LOG_LEVEL: '',
      PROXY_PORT: undefined,
    };
    const loaded = load({ env });
    expect(loaded.config).toEqual(load().config);
    expect(loaded.ignoredKeys).toEqual([]);
  });

  it('prefers a variable that begins with MILVUS_CONF_', () => {
    const env = { PROXY_PORT: 'tcp://10.0.0.1:19530', MILVUS_CONF_PROXY_PORT: '5' };
    expect(load({ env }).config.proxy.port).toBe(5);
  });

  it('is refused where two variables set one key differently, not where they agree', () => {
    expect(problemsOf({ env: { PROXY_PORT: '5', proxy_port: '6' } })).toEqual([
      'environment variable PROXY_PORT and environment variable proxy_port both set proxy.port, differently',
    ]);
    expect(load({ env: { PROXY_PORT: '5', proxy_port: '5' } }).config.proxy.port).toBe(5);
  });
});

describe('MILVUSCONF', () => {
  const files = {
    'milvus.yaml': 'proxy: { port: 1 }\nrootCoord: { port: 1 }\nlog: { level: debug }',
    'default.yaml': 'proxy: { port: 2 }\nrootCoord: { port: 2 }',
    'user.yaml': 'proxy: { port: 3 }',
  };

  it('names the directory of milvus.yaml, default.yaml and user.yaml, each over the one before', () => {
    const { config } = load({ env: { MILVUSCONF: configDirectory(files) } });
    expect([config.proxy.port, config.rootCoord.port, config.log.level]).toEqual([3, 2, 'debug']);
  });

  it('is not looked at when --config is given', () => {
    const configPath = configFile('proxy: { port: 9 }');
    const env = { MILVUSCONF: configDirectory(files) };
    expect(load({ configPath, env }).config.rootCoord.port).toBe(53_100);
  });

  it('is refused when it holds none of them', () => {
    const problems = problemsOf({ env: { MILVUSCONF: configDirectory({}) } });
    expect(problems[0]).toContain('holds none of milvus.yaml, default.yaml, user.yaml');
  });
});

describe('options', () => {
  it('take everything after the first = as the value', () => {
    expect(load({ sets: ['rootstock.dataDir=/a=b'] }).config.rootstock.dataDir).toBe('/a=b');
  });

  it.each([
    [['proxy.port'], '--set: "proxy.port" needs a value: --set proxy.port=<value>'],
    [['proxy.port='], '--set: "proxy.port" needs a value: --set proxy.port=<value>'],
    [['proxy=1'], '--set: "proxy" is a group of keys and takes no value'],
    [['=1'], '--set: unknown key ""'],
  ])('%j is refused', (sets, problem) => {
    expect(problemsOf({ sets })).toEqual([problem]);
  });

  it('refuse an empty --data-dir', () => {
    expect(problemsOf({ dataDir: '' })).toEqual(['--data-dir needs the path of a directory']);
  });
});
