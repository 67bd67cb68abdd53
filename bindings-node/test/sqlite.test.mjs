// A fleet in a file that this process also opens with another copy of SQLite, copies, queries, moves and replaces.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Fleet, FleetError, InvalidError, TakenError } from 'fleet-core';

const cwd = fileURLToPath(new URL('..', import.meta.url));
// A separate package: without a prebuilt binary for this machine or a compiler, these tests are skipped.
const beside = join(cwd, 'test/sqlite/package.json');
const isThere = () => {
  try {
    return Boolean(createRequire(beside)('better-sqlite3'));
  } catch {
    return false;
  }
};

const folder = mkdtempSync(join(tmpdir(), 'fleet-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${(files += 1)}.db`);

/** Runs a program that creates a fleet with one account in a file and exits without closing it. */
async function run(path, program) {
  const whole = `
    import { createRequire } from 'node:module';
    import { Fleet } from 'fleet-core';
    const Database = createRequire(${JSON.stringify(beside)})('better-sqlite3');
    const path = ${JSON.stringify(path)};
    const fleet = await Fleet.open('sqlite:' + path);
    const create = (number) => fleet.console('operator').createAccount(number + '@example.com');
    await create(0);
    ${program}
    process.reallyExit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', whole], { cwd });
  return stdout.trim();
}

async function accounts(path) {
  const fleet = await Fleet.open(`sqlite:${path}`);
  const [{ accounts }] = await fleet.query("SELECT count(*) AS accounts FROM record WHERE kind = 'account'");
  for (let number = 0; number < accounts; number += 1) {
    await assert.rejects(fleet.console('operator').createAccount(`${number}@example.com`), TakenError);
  }
  await fleet.close();
  return accounts;
}

const absent = process.platform !== 'linux' ? 'OFD locks exist only on Linux' : isThere() ? false : 'no better-sqlite3';
const linux = { skip: absent, timeout: 60_000 };

for (const [what, statement] of [
  ['selects', "prepare('SELECT count(*) FROM record').get()"],
  ['checkpoints the log', "pragma('wal_checkpoint(TRUNCATE)')"],
  ['packs the file', "exec('VACUUM')"],
]) {
  test(`another library that ${what} and closes loses nothing`, linux, async () => {
    const path = newPath();
    await run(path, `const other = new Database(path); other.${statement}; other.close(); await create(1); await create(2);`);
    assert.equal(await accounts(path), 3);
  });
}

test('another library cannot delete the write-ahead log', linux, async () => {
  const path = newPath();
  const output = await run(path, `
    const other = new Database(path, { timeout: 100 });
    try { console.log(other.pragma('journal_mode = DELETE')); } catch (error) { console.log(error.code); }
    other.close();
    await create(1);`);
  assert.equal(output, 'SQLITE_BUSY');
  assert.equal(await accounts(path), 2);
});

test('a moved file is not written to any more, and is intact', { skip: process.platform === 'win32' }, async () => {
  const path = newPath();
  const fleet = await Fleet.open(`sqlite:${path}`);
  await fleet.console('operator').createAccount('0@example.com');
  renameSync(path, `${path}.moved`);
  const failed = await fleet.console('operator').createAccount('1@example.com').catch((error) => error);
  assert.ok(failed instanceof FleetError);
  assert.equal(failed.code, 'store_moved');
  await fleet.close();
  assert.equal(await accounts(`${path}.moved`), 1);
});

test('a backup is a fleet, and is not overwritten', async () => {
  const [path, copy] = [newPath(), newPath()];
  const fleet = await Fleet.open(`sqlite:${path}`);
  await fleet.console('operator').createAccount('0@example.com');
  await fleet.backup(copy);
  await fleet.console('operator').createAccount('1@example.com');
  await assert.rejects(fleet.backup(copy), { code: 'store_not_empty' });
  await fleet.close();
  assert.deepEqual([await accounts(copy), await accounts(path)], [1, 2]);
});

test("a query returns native JavaScript values, and only reads", async () => {
  const fleet = await Fleet.open(`sqlite:${newPath()}`);
  const rows = await fleet.query(
    "SELECT 1 AS a, 0.5 AS b, 'é' AS c, x'00ff' AS d, NULL AS e, 9007199254740993 AS f, -9007199254740991 AS g",
  );
  const d = new Uint8Array([0, 255]);
  assert.deepEqual(rows, [{ a: 1, b: 0.5, c: 'é', d, e: null, f: 9007199254740993n, g: -9007199254740991 }]);
  for (const sql of ['', 'SELEC', 'DELETE FROM record', "ATTACH 'x.db' AS x", 'SELECT 1; SELECT 2', 'SELECT 1 AS a, 2 AS a']) {
    await assert.rejects(fleet.query(sql), InvalidError, sql);
  }
  assert.ok(!existsSync('x.db'));
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) SELECT i FROM n';
  assert.equal((await fleet.query(numbers, { limit: 1001 })).length, 1001);
  await assert.rejects(fleet.query(numbers), /more than 1000 rows/);
  await fleet.close();
});

test('a fleet in memory rejects backup and query with advice', async () => {
  const fleet = await Fleet.open('memory:');
  await assert.rejects(fleet.query('SELECT 1'), { code: 'store_unsupported' });
  await assert.rejects(fleet.backup(newPath()), { code: 'store_unsupported' });
  await fleet.close();
});
