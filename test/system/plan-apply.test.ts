import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { linesOf, rootstock, startRootstock } from '../kit/rootstock-command.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const FIELDS = `
          - { name: id, type: Int64, primaryKey: true }
          - { name: vector, type: FloatVector, dim: 8 }`;

/** Everything a spec can say that is not a default. */
const FIRST = `
databases:
  default:
    collections:
      notes:
        fields:${FIELDS}
  shop:
    properties: { database.max.collections: 100 }
    collections:
      books:
        description: what we sell
        shards: 2
        dynamicField: true
        consistencyLevel: Strong
        properties: { collection.ttl.seconds: 3600, owner: sales }
        fields:${FIELDS}
          - { name: title, type: VarChar, max_length: 64, default: none, description: as printed }
          - { name: tags, type: Array, elementType: Int32, max_capacity: 8 }
        partitions: [p_2025, p_2026]
        aliases: [tomes, volumes]
      keyed:
        numPartitions: 4
        fields:${FIELDS}
          - { name: shelf, type: VarChar, max_length: 32, partitionKey: true }
`;

/** Every change that can be made in place. */
const SECOND = FIRST.replace('books:', 'printed:\n        renamedFrom: books')
  .replace('what we sell', 'what we sold')
  .replace('Strong', 'Bounded')
  .replace('3600', '7200')
  .replace(', owner: sales', '')
  .replace('max_length: 64', 'max_length: 128')
  .replace('as printed', 'as told')
  .replace(
    'max_capacity: 8 }',
    'max_capacity: 8 }\n          - { name: rank, type: Int8, nullable: true }',
  )
  .replace('[p_2025, p_2026]', '[p_2026, p_2027]')
  .replace('[tomes, volumes]', '[volumes, sheets]')
  .replace('collections: 100', 'collections: 200')
  .replace(/ {6}notes:[\s\S]*?(?= {2}shop:)/, '');

const CHANGES = [
  'add field shop.printed rank Int8 nullable',
  'alter collection shop.printed remove owner',
  'alter collection shop.printed set collection.ttl.seconds=7200 consistency_level=Bounded collection.description="what we sold"',
  'alter database shop set database.max.collections=200',
  'alter field shop.printed.title set max_length=128 field.description="as told"',
  'create alias shop.sheets for printed',
  'create partition shop.printed.p_2027',
  'drop alias shop.tomes of printed',
  'drop collection default.notes',
  'drop partition shop.printed.p_2025',
  'rename collection shop.books to shop.printed',
];

/** Collections with two partitions and an alias each. */
const manyCollections = (database: string, count: number): string => {
  const collections = Array.from(
    { length: count },
    (_, i) =>
      `      c${i}:\n        fields:${FIELDS}\n        partitions: [a, b]\n        aliases: [also_${i}]\n`,
  );
  return `databases:\n  ${database}:\n    collections:\n${collections.join('')}`;
};

const NOTHING_TO_DO = { code: 0, stdout: '', stderr: 'nothing to do\n' };

for (const kind of stores) {
  describe(`plan and apply on a real server, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);
    let spec: string;

    beforeAll(() => {
      spec = join(server.store.dataDir, 'spec.yaml');
    });

    const run = (...args: string[]) => rootstock(server.process.address, ...args);
    const prunedPlan = () => run('plan', spec, '--prune', '--detailed-exitcode');

    it('plans databases that are not there without making them', async () => {
      await writeFile(spec, FIRST);
      const { code, stdout, stderr } = await run('plan', spec, '--detailed-exitcode');
      expect({ code, stderr }).toEqual({ code: 2, stderr: '8 steps to do\n' });
      expect(linesOf(stdout)).toContain(
        'create database shop properties database.max.collections=100',
      );
      expect((await server.sdk.listDatabases()).db_names).toEqual(['default']);
    });

    it('makes everything, after which there is nothing to do', async () => {
      await writeFile(spec, FIRST);
      expect(await run('apply', spec)).toMatchObject({ code: 0, stderr: '8 of 8 steps done\n' });
      expect(await prunedPlan()).toEqual(NOTHING_TO_DO);
    });

    it('changes in place what can be, after which there is nothing to do', async () => {
      await writeFile(spec, SECOND);
      const { code, stdout } = await run('apply', spec, '--prune');
      expect([code, linesOf(stdout).sort()]).toEqual([0, CHANGES]);
      expect(await prunedPlan()).toEqual(NOTHING_TO_DO);
    });

    it('finds nothing to do after a restart of the server', async () => {
      await server.kill();
      await server.start();
      expect(await prunedPlan()).toEqual(NOTHING_TO_DO);
    });

    it('goes on where kill -9 left it, wherever that was', async () => {
      const collections = 100;
      const steps = 1 + 4 * collections;
      await writeFile(spec, manyCollections('many', collections));
      let done = 0;
      // In the midst of collections, of partitions, and of aliases.
      for (const lines of [20, 120, 180]) {
        const apply = startRootstock(server.process.address, 'apply', spec);
        await apply.until((printed) => printed.length >= lines);
        await apply.kill();
        done += apply.lines.length;
        expect(done).toBeLessThan(steps);
      }
      const { code, stdout, stderr } = await run('apply', spec);
      const left = linesOf(stdout).length;
      expect({ code, stderr }).toEqual({ code: 0, stderr: `${left} of ${left} steps done\n` });
      expect(left).toBeGreaterThan(0);
      // What was under way when it was killed was done and not told.
      expect(done + left).toBeLessThanOrEqual(steps);
      expect(await prunedPlan()).toEqual(NOTHING_TO_DO);
    });

    it('drops a database that should be absent, which then is', async () => {
      await writeFile(spec, 'databases: { many: { absent: true } }');
      expect(await run('apply', spec, '--prune')).toMatchObject({ code: 0 });
      expect((await server.sdk.listDatabases()).db_names.sort()).toEqual(['default', 'shop']);
      expect(await prunedPlan()).toEqual(NOTHING_TO_DO);
    });

    it('says in the words of the server what is refused', async () => {
      await writeFile(spec, SECOND.replace('collections: 200', 'collections: many'));
      const { code, stdout, stderr } = await run('apply', spec);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^failed: alter database shop set database\.max\.collections=many: .*\n0 of 1 steps done; run it again to go on\n$/,
      );
    });

    it('refuses a bad spec with its lines, before anything is done', async () => {
      await writeFile(spec, 'databases:\n  shop:\n    colections: {}\n  bad name: {}\n');
      expect(await run('apply', spec)).toEqual({
        code: 2,
        stdout: '',
        stderr:
          '1 problem in the spec:\n' +
          '  line 3, databases.shop: unknown key "colections"; did you mean "collections"?\n',
      });
    });
  });
}
