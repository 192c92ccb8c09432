import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../kit/etcd-server.js';
import { linesOf, rootstock, startRootstock } from '../kit/rootstock-command.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { ServerProcess } from '../kit/server-process.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

/** A line of `rootstock watch --json`, as far as it is looked at. */
interface Told {
  readonly sequence: string;
  readonly kind: string;
  readonly name: string;
  readonly operation: string;
  readonly before: unknown;
  readonly after: unknown;
}

const told = (lines: readonly string[]): Told[] => lines.map((line) => JSON.parse(line));

for (const kind of stores) {
  describe(`rootstock watch and undrop, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);
    const run = (...args: string[]) => rootstock(server.process.address, ...args);
    const create = async (word: string) => {
      const name = freshName(word);
      await server.sdk.createCollection(collectionOf(name));
      return name;
    };
    const drop = (collection_name: string) => server.sdk.dropCollection({ collection_name });
    const idOf = async (collection_name: string) =>
      (await server.sdk.describeCollection({ collection_name })).collectionID;
    const isThere = async (collection_name: string) =>
      (await server.sdk.hasCollection({ collection_name })).value;

    /** What a watch prints until it tells of this name, and the code it ends with on a signal. */
    const watchUntil = async (name: string, ...args: string[]) => {
      const watch = startRootstock(server.process.address, 'watch', ...args);
      await watch.until((lines) => lines.some((line) => line.includes(name)));
      watch.interrupt();
      return { lines: watch.lines, code: await watch.ended() };
    };

    describe('watch', () => {
      it('--json tells every change from the oldest, each with its object', async () => {
        const first = await create('told');
        const last = await create('told_last');
        const { lines, code } = await watchUntil(last, '--json');
        expect(code).toBe(0);
        const changes = told(lines);
        const sequences = changes.map(({ sequence }) => BigInt(sequence));
        expect(sequences).toEqual(sequences.map((_, i) => (sequences[0] ?? 0n) + BigInt(i)));
        const made = changes.find(({ name }) => name === first);
        expect(made).toMatchObject({ kind: 'collection', before: null });
        expect(made?.after).toMatchObject({ info: { schema: { name: first } } });
      });

      it('--from begins with the change of that sequence', async () => {
        const names = [await create('one'), await create('two'), await create('three')];
        const last = names.at(-1) ?? '';
        const all = told((await watchUntil(last, '--json', '--kind', 'collection')).lines);
        const second = all.find(({ name }) => name === names[1]);
        const { lines } = await watchUntil(last, '--json', '--from', second?.sequence ?? '');
        expect(told(lines)[0]).toEqual(second);
      });

      it('--from a sequence of the future is an error in words', async () => {
        const { code, stderr } = await run('watch', '--from', '1000000000');
        expect(code).toBe(1);
        expect(stderr).toMatch(/sequence out of range\[sequence=999999999\]\[newest=\d+\]/);
      });

      it('--only-new says at once where it begins, and tells what happens then', async () => {
        const before = await create('before');
        const watch = startRootstock(server.process.address, 'watch', '--only-new', '--json');
        await watch.until((lines) => lines.length > 0);
        expect(watch.lines).toEqual([
          expect.stringMatching(/^127\.0\.0\.1:\d+: changes after sequence \d+$/),
        ]);
        const begin = BigInt(watch.lines[0]?.split(' ').at(-1) ?? 0);
        const after = await create('after');
        await watch.until((lines) => lines.some((line) => line.includes(after)));
        watch.interrupt();
        expect(await watch.ended()).toBe(0);
        const changes = told(watch.lines.slice(1));
        expect(BigInt(changes[0]?.sequence ?? 0)).toBe(begin + 1n);
        expect(changes.map(({ name }) => name)).not.toContain(before);
      });
    });

    describe('undrop', () => {
      it('lists what can be brought back, and brings it back', async () => {
        const name = await create('gone');
        await server.sdk.createAlias({ collection_name: name, alias: `${name}_also` });
        const id = await idOf(name);
        await drop(name);
        const list = await run('undrop', '--list');
        const line = linesOf(list.stdout).find((each) => each.includes(name));
        expect(line).toMatch(
          new RegExp(`^collection ${id} default\\.${name} dropped \\S+Z kept until \\S+Z$`),
        );
        expect(await run('undrop', name)).toEqual({
          code: 0,
          stdout: `collection ${name} (${id}) is back in default\n`,
          stderr: '',
        });
        expect(await idOf(`${name}_also`)).toBe(id);
        expect((await run('undrop', '--list')).stdout).not.toContain(name);
      });

      it('--as brings it back under another name while its own is taken', async () => {
        const name = await create('twice');
        const id = await idOf(name);
        await drop(name);
        await server.sdk.createCollection(collectionOf(name));
        const taken = await run('undrop', name);
        expect(taken).toMatchObject({ code: 1, stdout: '' });
        expect(taken.stderr).toMatch(new RegExp(`${name}.*\\n$`));
        const other = `${name}_old`;
        expect(await run('undrop', name, '--as', other)).toEqual({
          code: 0,
          stdout: `collection ${other} (${id}) is back in default\n`,
          stderr: '',
        });
        expect(await idOf(other)).toBe(id);
      });

      it('--id brings back one of several of the same name', async () => {
        const name = freshName('again');
        const ids: string[] = [];
        for (let life = 0; life < 2; life++) {
          await server.sdk.createCollection(collectionOf(name));
          ids.push(await idOf(name));
          await drop(name);
        }
        const [oldest = ''] = ids;
        expect(await run('undrop', '--id', oldest)).toMatchObject({ code: 0, stderr: '' });
        expect(await idOf(name)).toBe(oldest);
      });

      it('--partition brings a partition back', async () => {
        const name = await create('parted');
        const partition = { collection_name: name, partition_name: 'p' };
        await server.sdk.createPartition(partition);
        const { partition_names, partitionIDs } = await server.sdk.showPartitions(partition);
        const id = partitionIDs[partition_names.indexOf('p')];
        await server.sdk.dropPartition(partition);
        expect((await run('undrop', '--list', '--db', 'default')).stdout).toMatch(
          new RegExp(`^partition ${id} default\\.${name}\\.p dropped `, 'm'),
        );
        expect(await run('undrop', name, '--partition', 'p')).toEqual({
          code: 0,
          stdout: `partition p (${id}) is back in default.${name}\n`,
          stderr: '',
        });
        expect((await server.sdk.hasPartition(partition)).value).toBe(true);
      });

      it('says what is not there, or not to be brought back', async () => {
        const name = await create('here');
        for (const args of [
          ['nowhere'],
          [name],
          [name, '--partition', 'none'],
          ['x', '--db', 'y'],
        ]) {
          const { code, stdout, stderr } = await run('undrop', ...args);
          expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
          expect(stderr).toMatch(/^\S.{10,}\n$/);
        }
        expect(await isThere(name)).toBe(true);
      });
    });
  });

  describe(`rootstock watch across a crash of the server, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);

    it('goes on where it was, and says so', async () => {
      const { dataDir, sets } = server.store;
      const port = server.process.ports.proxy;
      const { address } = server.process;
      /** The SDK of this process would not connect to the same address for a while. */
      const make = async (name: string) => {
        const spec = join(dataDir, `${name}.yaml`);
        await writeFile(spec, `databases: { ${name}: {} }`);
        expect(await rootstock(address, 'apply', spec)).toMatchObject({ code: 0 });
      };
      await make('early');
      const watch = startRootstock(address, 'watch', '--kind', 'database');
      await watch.until((lines) => lines.some((line) => line.includes(' early ')));
      await server.kill();
      await watch.until((lines) => lines.some((line) => line.includes('connection lost')));
      const again = await ServerProcess.start({ dataDir, sets: [...sets, `proxy.port=${port}`] });
      await make('late');
      await watch.until((lines) => lines.some((line) => line.includes(' late ')));
      watch.interrupt();
      expect(await watch.ended()).toBe(0);
      await again.terminate();
      const names = watch.lines.map((line) => line.split(' ')[3]);
      expect(names.filter((name) => name === 'early' || name === 'late')).toEqual([
        'early',
        'late',
      ]);
      expect(watch.lines).toContainEqual(
        expect.stringMatching(
          `^${address}: connection lost, trying again; going on after sequence `,
        ),
      );
    });
  });
}

describe('a wrong address', () => {
  it('ends with 1 and one clear sentence', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    for (const args of [['watch'], ['undrop', '--list']]) {
      expect(await rootstock(address, ...args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `${address} cannot be reached\n`,
      });
    }
  });

  it('that is none is misuse, and said so', async () => {
    expect(await rootstock('nonsense', 'undrop', '--list')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: --address "nonsense" is not of the form host:port\n',
    });
  });
});
