// The package's types match the definitions that all languages share.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const native = createRequire(import.meta.url)('../lib/native.cjs');

for (const [name, written] of native.typings()) {
  test(`lib/${name} is up to date`, () => {
    const path = new URL(`../lib/${name}`, import.meta.url);
    if (process.env.UPDATE_TYPES !== undefined) writeFileSync(path, written);
    assert.equal(readFileSync(path, 'utf8'), written, '`npm run write-types` writes it anew');
  });
}
