// Closing waits for operations and never cuts them off before a deadline.

import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { CancelledError, Fleet, InvalidError, StoreFailedError } from 'fleet-core';

const list = (count) => Array.from({ length: count }, (_, n) => `aa${(n + 1).toString(16).padStart(22, '0')}`).join('\n');

let fleet;
let team;
let product;
beforeEach(async () => {
  fleet = await Fleet.open('memory:');
  const { id } = await fleet.console('operator').createAccount('alice@example.com');
  team = fleet.console(id);
  ({ id: product } = await team.createProduct('Thermostat', 'photon'));
  await fleet.console('operator').product(product).setTier('Enterprise');
});

test('a close waits for a running import, and rejects later calls', { timeout: 60_000 }, async () => {
  let closed;
  const onProgress = () => {
    closed ??= fleet.close();
  };
  const report = await team.product(product).importWatched(list(60_000), { onProgress });
  assert.equal(report.counts.imported, 60_000);
  await closed;
  await assert.rejects(team.product(product).summary(), StoreFailedError);
  await fleet.close();
});

test('a close waits for earlier calls, also those that no thread has started', { timeout: 60_000 }, async () => {
  const devices = Array.from({ length: 400 }, (_, n) => ({ device: `aa${(n + 1).toString(16).padStart(22, '0')}`, product }));
  await team.product(product).import(list(400));
  const answers = devices.map((report) => fleet.gateway().connect(report));
  await fleet.close();
  assert.ok((await Promise.all(answers)).every(({ answer }) => answer.kind === 'up_to_date'));
});

test('a close has a deadline, after which running calls are cut off', { timeout: 60_000 }, async () => {
  let go;
  const store = {
    rows: new Map(),
    async get(keys) {
      if (go !== undefined) await go;
      return keys.map(() => null);
    },
    async scan() {
      return [];
    },
    async commit(batch) {
      return batch.map(() => true);
    },
  };
  const own = await Fleet.open(store);
  let open;
  go = new Promise((resolve) => {
    open = resolve;
  });
  const made = assert.rejects(own.console('operator').createAccount('alice@example.com'), StoreFailedError);
  assert.equal(await own.closeWithin(50), false);
  open();
  await made;
  await own.close();
  assert.equal(await fleet.closeWithin(10_000), true);
  await assert.rejects(own.closeWithin(-1), InvalidError);
});

test('an import fails with what its watcher throws or rejects with', { timeout: 60_000 }, async () => {
  const own = new RangeError('mine');
  for (const onProgress of [
    () => {
      throw own;
    },
    async () => {
      throw own;
    },
  ]) {
    await assert.rejects(team.product(product).importWatched(list(40_000), { onProgress }), (error) => error === own);
  }
  // Also at its last report, when there is nothing left to stop: aborted before, soon after, or later.
  const last = ({ added, toAdd }) => {
    if (added === toAdd) throw own;
  };
  const later = async (progress) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    last(progress);
  };
  let first = 0;
  for (const [count, onProgress] of [[5, last], [9_000, last], [7, async (progress) => last(progress)], [8, later]]) {
    const { id } = await team.createProduct('Watched', 'photon');
    await fleet.console('operator').product(id).setTier('Enterprise');
    const fresh = Array.from({ length: count }, (_, number) => `bb${(first + number).toString(16).padStart(22, '0')}`);
    first += count;
    await assert.rejects(team.product(id).importWatched(fresh.join('\n'), { onProgress }), (error) => error === own);
    assert.equal((await team.product(id).summary()).devices, count);
  }
  const abort = AbortSignal.abort('over');
  await assert.rejects(team.product(product).import(list(1), { signal: abort }), CancelledError);
  await assert.rejects(team.product(product).planImport(list(1), { signal: abort }), (reason) => reason === 'over');
  await assert.rejects(fleet.query('select 1', { signal: abort }), (reason) => reason === 'over');
  const stop = new AbortController();
  const planned = team.product(product).planImport(list(300_000), { signal: stop.signal });
  const imported = team.product(product).import(list(300_000), { signal: stop.signal });
  setTimeout(() => stop.abort('over'), 50);
  await assert.rejects(planned, (reason) => reason === 'over');
  await assert.rejects(imported, (error) => error instanceof CancelledError && error.cause === 'over');
  assert.ok((await team.product(product).summary()).devices < 300_000);
  await assert.rejects(team.product(product).importWatched(list(1), { signal: abort }), CancelledError);
  await assert.rejects(team.product(product).importWatched(list(1), { signal: 5 }), InvalidError);
  await assert.rejects(team.product(product).importWatched(list(1), { onProgress: 5 }), InvalidError);
});

// Without the cancellation, it would run for ten seconds, the most that a query may.
test('a cancelled query ends', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  const filed = await Fleet.open(`sqlite:${join(folder, 'fleet.db')}`);
  const stop = new AbortController();
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
  const asked = filed.query(endless, { signal: stop.signal });
  setTimeout(() => stop.abort('over'), 100);
  await assert.rejects(asked, (reason) => reason === 'over');
  // Closing waits for the calls that still run.
  assert.ok(await filed.closeWithin(4_000));
  await rm(folder, { recursive: true });
});

test('a long call does not delay file operations', { timeout: 120_000 }, async () => {
  const text = list(30_000);
  let over = 0;
  const planned = Array.from({ length: 24 }, async () => {
    await team.product(product).planImport(text);
    over += 1;
  });
  await stat('.');
  assert.ok(over < 24, `${over}`);
  await Promise.all(planned);
});
