import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { coordinatorMachine } from '../../../machines/coordinator.machine.js';
import { collectionMachine } from '../../../machines/root/collection.machine.js';
import { mermaidOf } from '../../kit/mermaid.js';

const PICTURES: readonly [string, AnyStateMachine][] = [
  ['collection', collectionMachine],
  ['coordinator', coordinatorMachine],
];

/** The part of the README between a picture's marks. */
const between = (name: string) =>
  new RegExp(`(<!-- diagram:${name} -->\n)[^]*?(<!-- /diagram:${name} -->)`);

/** `npm run diagrams` sets it: then the README is brought up to date instead of judged. */
const isUpdating = process.env.UPDATE_DIAGRAMS === '1';

it.each(PICTURES)('shows the %s machine as it is', (name, machine) => {
  const readme = readFileSync('README.md', 'utf8');
  const picture = `\`\`\`mermaid\n${mermaidOf(machine)}\n\`\`\`\n`;
  const expected = readme.replace(between(name), `$1${picture}$2`);
  expect(readme).toMatch(between(name));
  if (isUpdating) writeFileSync('README.md', expected);
  else expect(readme).toBe(expected);
});
