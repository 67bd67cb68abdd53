// A fleet is opened by the URL of its store. An error names what cannot be opened, but never the password.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Fleet, InvalidError, StoreFailedError, TakenError } from 'fleet-core';

const server = process.env.FLEET_POSTGRES;
const skip = server === undefined && 'FLEET_POSTGRES names no server';
const folder = mkdtempSync(join(tmpdir(), 'fleet-url-'));
after(() => rmSync(folder, { recursive: true }));

/** What one fleet writes, another reads. */
async function openedTwice(url) {
  const fleet = await Fleet.open(url);
  await fleet.console('operator').createAccount('alice@example.com');
  await fleet.close();
  const again = await Fleet.open(url);
  await assert.rejects(again.console('operator').createAccount('alice@example.com'), TakenError);
  await again.close();
}

test('a fleet in a file can be reopened', () => openedTwice(`sqlite:${join(folder, 'fleet.db')}`));

test('a journal is opened and removed by URL', async () => {
  const url = `sqlite:${join(folder, 'journal.db')}`;
  await openedTwice(`${url}?journal=on`);
  const without = await Fleet.open(url);
  await assert.rejects(without.console('operator').createAccount('bob@example.com'), { code: 'store_journaled' });
  await without.close();
  await (await Fleet.open(`${url}?journal=off`)).close();
  const rows = await Fleet.open(url);
  await rows.console('operator').createAccount('bob@example.com');
  await rows.close();
});

test('a fleet in a database can be reopened', { skip }, () => openedTwice(`${server}?schema=node_${process.pid}_url`));

async function refused(url, raised, says) {
  await assert.rejects(Fleet.open(url), (error) => {
    assert.ok(error instanceof raised, error.stack);
    assert.ok(error.message.includes(says), error.message);
    assert.ok(!error.stack.includes('ter2'), error.stack);
    return true;
  });
}

for (const [url, raised, says] of [
  ['mysql://me:hunter2@db/fleet', InvalidError, 'no store that can be opened'],
  ['postgresql:hunter2', InvalidError, 'postgresql://USER@HOST/DATABASE'],
  ['postgresql://me:hunter2@db:many/fleet', StoreFailedError, 'cannot read the URL'],
  ['postgresql://me:hun@ter2@db/fleet', StoreFailedError, 'as `%40`'],
  ['sqlite:fleet.db?sync=full', InvalidError, 'synchronous'],
  ['sqlite:/nowhere/at/all/fleet.db', StoreFailedError, '/nowhere/at/all/fleet.db'],
]) {
  test(`${url} is rejected`, () => refused(url, raised, says));
}

test('a user without access gets an error', { skip }, () =>
  refused(server.replace('fleet@', 'nobody:hunter2@'), StoreFailedError, 'check user and password'),
);
