import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory holding these files for as long as the running test lasts. */
export function configDirectory(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'rootstock-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), content);
  return directory;
}

/** Path of a milvus.yaml with this content. */
export const configFile = (content: string): string =>
  join(configDirectory({ 'milvus.yaml': content }), 'milvus.yaml');
