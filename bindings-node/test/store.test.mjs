// A store written in JavaScript keeps the laws of the core's stores; a store that breaks one is detected.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Fleet, InvalidError, StoreFailedError, conformance } from 'fleet-core';

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];
const clamped = (number) => (number < LEAST ? LEAST : number > MOST ? MOST : number);
const name = (key) => Buffer.from(key).toString('hex');

/** Rows by the hexadecimal digits of their keys, which sort like the keys' bytes. Nothing else runs in between. */
class MapStore {
  rows = new Map();

  async get(keys) {
    return keys.map((key) => this.rows.get(name(key)) ?? null);
  }

  async scan({ first, firstIncluded, last, lastIncluded, limit, reverse }) {
    const [from, to] = [name(first), name(last)];
    const within = (key) => (firstIncluded ? key >= from : key > from) && (lastIncluded ? key <= to : key < to);
    const keys = [...this.rows.keys()].filter(within).sort();
    if (reverse) keys.reverse();
    return keys.slice(0, limit).map((key) => this.rows.get(key));
  }

  async commit(batch) {
    return batch.map((commit) => this.apply(commit));
  }

  apply({ checks, writes }) {
    if (!checks.every(({ key, stamp }) => (this.rows.get(name(key))?.stamp ?? null) === stamp)) return false;
    for (const { kind, key, ...rest } of writes) {
      if (kind === 'put') this.rows.set(name(key), { key, ...rest });
      if (kind === 'delete') this.rows.delete(name(key));
      if (kind === 'add') {
        const sum = clamped(BigInt(this.rows.get(name(key))?.record ?? 0) + rest.delta);
        this.rows.set(name(key), { key, record: String(sum), stamp: 0n });
      }
    }
    return true;
  }
}

test('a store in JavaScript keeps every law', { timeout: 300_000 }, async () => {
  assert.deepEqual(await conformance(() => new MapStore()), []);
});

test('a store in JavaScript keeps the laws of reopening', { timeout: 300_000 }, async () => {
  const reopened = async (before) => {
    assert.ok(before instanceof MapStore);
    return Object.assign(new MapStore(), { rows: before.rows });
  };
  assert.deepEqual(await conformance(() => new MapStore(), { reopen: reopened }), []);
  const broken = await conformance(() => new MapStore(), { reopen: () => new MapStore() });
  const laws = broken.map(({ law }) => law);
  assert.deepEqual(laws, ['what_was_committed_is_there_again', 'stamps_guard_after_reopening']);
  await assert.rejects(conformance(() => new MapStore(), { reopen: 5 }), InvalidError);
  await assert.rejects(conformance(() => new MapStore(), { reopn: reopened }), InvalidError);
});

test('a store that skips its checks is detected', { timeout: 300_000 }, async () => {
  class Careless extends MapStore {
    apply({ checks, writes }) {
      return super.apply({ checks: checks.filter(({ stamp }) => stamp === null), writes });
    }
  }
  const laws = (await conformance(() => new Careless())).map(({ law }) => law);
  assert.ok(laws.includes('a_row_made_again_is_another'), laws.join(', '));
  assert.ok(!laws.includes('an_empty_store_holds_nothing'));
});

async function lived(store) {
  const fleet = await Fleet.open(store);
  const { id } = await fleet.console('operator').createAccount('alice@example.com');
  const team = fleet.console(id);
  const { id: product } = await team.createProduct('Thermostat', 'photon');
  await team.product(product).import('aa0000000000000000000001\naa0000000000000000000002');
  const reports = ['aa0000000000000000000001', 'aa0000000000000000000002'].map((device) => ({ device, product }));
  await Promise.all(reports.map((report) => fleet.gateway().connect(report)));
  const { devices, online } = await team.product(product).summary();
  return { fleet, counted: [devices, online] };
}

test('a fleet works in a store in JavaScript', async () => {
  const { fleet, counted } = await lived(new MapStore());
  assert.deepEqual(counted, [2, 2]);
  await fleet.close();
});

test('a store may use the pool of threads of Node itself', { timeout: 60_000 }, async () => {
  class Slow extends MapStore {
    async get(keys) {
      await readFile(new URL(import.meta.url));
      return super.get(keys);
    }
  }
  const { fleet, counted } = await lived(new Slow());
  assert.deepEqual(counted, [2, 2]);
  const many = Array.from({ length: 40 }, (_, number) => fleet.console('operator').createAccount(`${number}@example.com`));
  assert.equal((await Promise.all(many)).length, 40);
  await fleet.close();
});

test('a call on the event loop is rejected, because the store could never answer', async () => {
  const { fleet } = await lived(new MapStore());
  const report = { device: 'aa0000000000000000000001' };
  assert.throws(() => fleet.gateway().connectSync(report), InvalidError);
  assert.throws(() => fleet.gateway().connectManySync([report]), InvalidError);
  await fleet.close();
  await assert.rejects(fleet.gateway().connect(report), StoreFailedError);
});

for (const [thrown, code, isTransient] of [
  [Object.assign(new Error('busy'), { code: 'store_unavailable' }), 'store_unavailable', true],
  [Object.assign(new Error('cut off'), { code: 'store_outcome_unknown' }), 'store_outcome_unknown', false],
  [new Error('disk'), 'store_failed', false],
  ['a string', 'store_failed', false],
]) {
  test(`a store that throws ${thrown} is a failure of the store`, async () => {
    class Broken extends MapStore {
      async get() {
        throw thrown;
      }
    }
    const fleet = await Fleet.open(new Broken());
    await assert.rejects(fleet.console('operator').createAccount('a@example.com'), { code, isTransient });
    await fleet.close();
  });
}

test('an invalid answer of a store is a failure of the store', async () => {
  for (const nonsense of [undefined, 'rows', [1], [{ key: 'x' }], [{ key: new Uint8Array(3), record: '{}', stamp: 1 }], []]) {
    class Confused extends MapStore {
      async get() {
        return nonsense;
      }
    }
    const fleet = await Fleet.open(new Confused());
    await assert.rejects(fleet.console('operator').createAccount('a@example.com'), StoreFailedError);
    await fleet.close();
  }
});

test('a value that is not a store is rejected', async () => {
  await assert.rejects(Fleet.open({ get() {}, scan() {} }), /a store has a method `commit`/);
  await assert.rejects(Fleet.open(undefined), InvalidError);
});

test('a fleet uses the tiers that it is given', async () => {
  const fleet = await Fleet.open('memory:', { tiers: [{ name: 'Two', devices: 2 }, { name: 'All' }] });
  const { id } = await fleet.console('operator').createAccount('alice@example.com');
  const { id: product } = await fleet.console(id).createProduct('Thermostat', 'photon');
  const three = 'aa0000000000000000000001\naa0000000000000000000002\naa0000000000000000000003';
  const { refused } = await fleet.console(id).product(product).import(three);
  assert.deepEqual([refused.tier, refused.limit, refused.fits], ['Two', 2, { tier: 'All', limit: null }]);
  await fleet.close();
  await assert.rejects(Fleet.open('memory:', { tier: [] }), /`tier` is not a known field/);
});
