import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The yardstick of durable work: `count` times write and fdatasync of `bytes` each, `concurrency`
 * in flight, on the disk the store is on.
 *
 * @returns commits per second.
 */
export async function rawCommits(
  directory: string,
  { count, bytes, concurrency }: { count: number; bytes: number; concurrency: number },
): Promise<number> {
  const path = join(directory, 'raw-commits');
  const file = await open(path, 'w');
  const record = Buffer.alloc(bytes, 1);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const position = next * bytes;
      next += 1;
      await file.write(record, 0, bytes, position);
      await file.datasync();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const perSecond = (count * 1000) / (performance.now() - start);
  await file.close();
  await rm(path);
  return perSecond;
}
