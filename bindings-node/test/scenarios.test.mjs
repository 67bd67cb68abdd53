// Runs the scenarios that every language runs, and checks that their runner can fail.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from './spec/commands.mjs';
import { STORES, run } from './spec/run.mjs';
import { readFileSync } from 'node:fs';

const spec = new URL('../../spec/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'fleet-scenarios-'));
after(() => rmSync(folder, { recursive: true }));

async function tried(...steps) {
  const alice = { do: 'create_account', as: 'operator', email: 'alice@example.com', save: 'alice' };
  const scenarios = [{ name: 'an example', rules: ['R-PRD-1'], steps: [alice, ...steps] }];
  const path = join(folder, 'example.json');
  writeFileSync(path, JSON.stringify({ version: 1, name: 'x', rules: ['R-PRD-1'], why: 'x', scenarios }));
  const output = [];
  const outcome = await run(path, (line) => output.push(line), { memory: STORES.memory });
  return { ...outcome, output: output.join('\n') };
}

test('the runner has every command of the page, and no other', () => {
  const page = readFileSync(fileURLToPath(new URL('README.md', spec)), 'utf8');
  const [, commands] = page.match(/\n## Commands\n(.*?)\n## /s);
  const documented = new Set([...commands.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name));
  assert.deepEqual([...COMMANDS.keys()].filter((name) => !documented.has(name)), []);
  assert.deepEqual([...documented].filter((name) => !COMMANDS.has(name) && !SHAPES.has(name)), []);
});

/** Rows of that page that are shapes and not commands. */
const SHAPES = new Set([]);

test('a step with the expected answer passes', async () => {
  const { passed, failed } = await tried({ do: 'products', as: 'alice', expect: { items: [] } });
  assert.deepEqual([passed, failed], [1, 0]);
});

for (const [what, step, expected] of [
  ['another answer', { do: 'products', as: 'alice', expect: { items: [1] } }, 'answer.items: expected [1], found []'],
  ['an error that was not expected', { do: 'product', as: 'alice', product: 94 }, 'the error `not_found`'],
  ['another error', { do: 'product', as: 'alice', product: 94, error: 'invalid' }, 'found `not_found`'],
  ['another message', { do: 'product', as: 'alice', product: 94, error: 'not_found', message: 'moon' }, 'expected moon'],
  ['no error', { do: 'products', as: 'alice', error: 'invalid' }, 'expected `invalid`'],
  ['a misspelt argument', { do: 'product', as: 'alice', prodcut: 94 }, 'there is no field `prodcut`'],
  ['a missing argument', { do: 'product', as: 'alice' }, '`product` is missing'],
  ['an unknown command', { do: 'fly', as: 'alice' }, 'no command `fly`'],
  ['a missing actor', { do: 'products' }, '`as` is required for consoles'],
  ['an unsaved reference', { do: 'product', as: 'alice', product: '$one.id' }, '`$one.id` was not saved'],
]) {
  test(`a step with ${what} fails`, async () => {
    const { passed, failed, output } = await tried(step);
    assert.deepEqual([passed, failed], [0, 1]);
    assert.ok(output.includes(expected), output);
  });
}
