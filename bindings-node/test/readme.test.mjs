// The README's program does what the README says.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const package_ = fileURLToPath(new URL('..', import.meta.url));

test('the ten lines that work do', () => {
  const [, section] = readme.split('## Ten lines that work\n');
  const [, program] = section.match(/```js\n(.*?)```/s);
  const [, shown] = section.match(/```text\n(.*?)```/s);
  const options = { cwd: package_, encoding: 'utf8' };
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options), shown);
});

test('every class of error is in the table', async () => {
  const { FleetError, ...rest } = await import('fleet-core');
  const classes = Object.entries(rest).filter(([, one]) => one.prototype instanceof FleetError);
  // `OtherFailureError` is what this version has no class for.
  const missing = classes.filter(([name]) => name !== 'OtherFailureError' && !readme.includes(`\`${name}\``));
  assert.deepEqual(missing.map(([name]) => name), []);
});
