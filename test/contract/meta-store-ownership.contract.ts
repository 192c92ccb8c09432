import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { deadCandidate, livingCandidate, mortalCandidate } from '../kit/candidates.js';
import { type MetaStoreBed, put } from '../kit/meta-store-bed.js';

/** One owner at a time, and what the others are told. */
export function ownershipContract(bedOf: () => MetaStoreBed): void {
  describe('fence', () => {
    it('refuses the old fence once somebody else was elected, and writes nothing', async () => {
      const bed = bedOf();
      const other = await bed.harness.open();
      const old = await bed.lead();
      await old.resign();
      const current = await bed.lead(other);
      await expect(bed.store.commit([put(bed.key('f'), 'old')], old.fence)).rejects.toMatchObject({
        kind: 'ServiceNotReady',
      });
      expect(await bed.read('f')).toBeUndefined();
      await other.commit([put(bed.key('f'), 'new')], current.fence);
      expect(await bed.read('f')).toBe('new');
    });

    it('answers an empty commit by whether the fence is current', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      await bed.store.commit([], leadership.fence);
      await leadership.resign();
      await expect(bed.store.commit([], leadership.fence)).rejects.toMatchObject({
        kind: 'ServiceNotReady',
      });
    });

    it('grows with every election', async () => {
      const bed = bedOf();
      const epochs: bigint[] = [];
      for (let round = 0; round < 3; round++) {
        const leadership = await bed.lead();
        epochs.push(leadership.fence.epoch);
        await leadership.resign();
      }
      expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => Number(a - b)));
    });

    it('survives a restart: what was written is there and the old fence is void', async () => {
      const bed = bedOf();
      const before = await bed.lead();
      await bed.store.commit([put(bed.key('r/1'), 'kept')], before.fence);
      await bed.store.close();
      const restarted = await bed.harness.open();
      const after = await bed.lead(restarted);
      expect(await bed.read('r/1', restarted)).toBe('kept');
      expect(after.fence.epoch).toBeGreaterThan(before.fence.epoch);
      await expect(restarted.commit([], before.fence)).rejects.toMatchObject({
        kind: 'ServiceNotReady',
      });
    });
  });

  describe('campaign', () => {
    it('names the living holder and leaves it in place', async () => {
      const bed = bedOf();
      const leadership = await bed.lead(bed.store, livingCandidate('10.0.0.7:53100'));
      const outcome = await (await bed.harness.open()).campaign(livingCandidate('10.0.0.8:53100'));
      expect(outcome).toMatchObject({
        kind: 'held',
        holder: expect.stringContaining('10.0.0.7:53100'),
      });
      expect(outcome).toMatchObject({ holder: expect.stringContaining(`pid ${process.pid}`) });
      await bed.store.commit([put(bed.key('still'), 'mine')], leadership.fence);
      expect(leadership.lost.aborted).toBe(false);
    });

    it('replaces a holder whose process died, at once', async () => {
      const bed = bedOf();
      const mortal = await mortalCandidate();
      const old = await bed.lead(bed.store, mortal.candidate);
      const other = await bed.harness.open();
      expect(await other.campaign(livingCandidate())).toMatchObject({ kind: 'held' });
      await mortal.kill();
      const current = await bed.lead(other);
      await other.commit([put(bed.key('d'), 'new')], current.fence);
      await expect(bed.store.commit([put(bed.key('d'), 'old')], old.fence)).rejects.toMatchObject({
        kind: 'ServiceNotReady',
      });
      expect(await bed.read('d')).toBe('new');
    });

    it('tells the replaced holder through `lost`', async () => {
      const bed = bedOf();
      const old = await bed.lead(bed.store, await deadCandidate());
      await bed.lead(await bed.harness.open());
      if (!old.lost.aborted) await once(old.lost, 'abort');
      expect(old.lost.reason).toMatchObject({ kind: 'ServiceNotReady' });
    });

    it('elects exactly one of many who ask at once', async () => {
      const bed = bedOf();
      const stores = await Promise.all(Array.from({ length: 8 }, () => bed.harness.open()));
      const outcomes = await Promise.all(stores.map((one) => one.campaign(livingCandidate())));
      expect(outcomes.filter((outcome) => outcome.kind === 'elected')).toHaveLength(1);
    });

    it('lets the next one in after resign, which may be repeated and is not a loss', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      await leadership.resign();
      await leadership.resign();
      const next = await bed.lead(await bed.harness.open());
      expect(next.fence.epoch).toBeGreaterThan(leadership.fence.epoch);
      expect(leadership.lost.aborted).toBe(false);
      await leadership.resign();
      expect(next.lost.aborted).toBe(false);
    });
  });

  describe('close', () => {
    it('waits for commits under way', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const commits = Array.from({ length: 20 }, (_, i) =>
        bed.store.commit([put(bed.key(`w/${i}`), '')], fence),
      );
      await bed.store.close();
      await Promise.all(commits);
      expect(await bed.readAll('w/', await bed.harness.open())).toHaveLength(20);
    });

    it('resigns, so that the next candidate need not wait', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      await bed.store.close();
      await bed.lead(await bed.harness.open());
      expect(leadership.lost.aborted).toBe(false);
    });

    it('answers nobody afterwards, and may be repeated', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      await bed.store.close();
      await bed.store.close();
      const refusal = { kind: 'MetaStoreUnavailable', message: 'the metastore is closed' };
      await expect(bed.store.get(bed.key('a'))).rejects.toMatchObject(refusal);
      await expect(bed.store.commit([], fence)).rejects.toMatchObject(refusal);
      await expect(bed.store.campaign(livingCandidate())).rejects.toMatchObject(refusal);
      await expect(bed.readAll('a/')).rejects.toMatchObject(refusal);
    });

    it('ends a scan that was left hanging', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      await bed.load(
        Array.from({ length: 6_000 }, (_, i) => put(bed.key(`h/${i}`), '')),
        leadership,
      );
      const pages = bed.store.scan(bed.key('h/'))[Symbol.asyncIterator]();
      await pages.next();
      await bed.store.close();
      await expect(pages.next()).rejects.toMatchObject({ kind: 'MetaStoreUnavailable' });
    });
  });
}
