// Events and meters in JavaScript: streams to iterate, and messages admitted on the event loop.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { EventsMissedError, Fleet, InvalidError, NotFoundError, StoreFailedError } from 'fleet-core';

const NOON = new Date('2016-03-08T12:00:00Z');
const device = 'aa0000000000000000000001';

let fleet;
let team;
let product;
beforeEach(async () => {
  fleet = await Fleet.open('memory:', { tiers: [{ name: 'Small', messages: 5 }] });
  const { id } = await fleet.console('operator', NOON).createAccount('alice@example.com');
  team = fleet.console(id, NOON);
  ({ id: product } = await team.createProduct('Thermostat', 'photon'));
  await team.product(product).import(device);
});

const publish = (name, more) => fleet.gateway(NOON).publish({ device, product, name, ...more });

test('an event returns its deliveries', async () => {
  const door = await team.product(product).subscribe({ kind: 'webhook', url: 'https://example.com/hook' }, { prefix: 'door/' });
  await team.product(product).subscribe({ kind: 'live_stream' }, { device });
  const published = await publish('door/open', { data: 'front' });
  assert.equal(published.kind, 'logged');
  assert.deepEqual(published.deliveries.map(({ subscription }) => subscription), [door.id, door.id + 1]);
  const [opened] = (await team.product(product).events({ prefix: 'door/' })).items;
  assert.deepEqual([opened.name, opened.data, opened.at], ['door/open', 'front', NOON]);
  assert.deepEqual(await publish('door/open', { product: 65_000 }).then(({ kind }) => kind), 'unknown_product');
});

test('a delivery carries all that is needed to send it', async () => {
  const { to } = await team.product(product).subscribe({ kind: 'webhook', url: 'https://example.com/hook' });
  const published = await publish('door', { data: 'open', id: '17' });
  const [{ key, ...delivery }] = published.deliveries;
  assert.deepEqual(delivery, { subscription: 1, to, device, name: 'door', data: 'open', id: '17', at: NOON });
  await team.product(product).unsubscribe(1);
  const again = await publish('door', { data: 'open', id: '17' });
  assert.deepEqual([again.deliveries[0].key, again.deliveries[0].to], [key, null]);
});

test('a reader goes on after the event that it saw last', async () => {
  const stream = await team.product(product).eventStream();
  for (const name of ['one', 'two', 'three']) await publish(name);
  const { items } = await team.readEventStream(stream);
  for (const [index, { cursor }] of items.entries()) {
    const rest = await team.product(product).followEvents({ after: cursor });
    assert.deepEqual(rest.items.map(({ name }) => name), ['one', 'two', 'three'].slice(index + 1));
  }
  await assert.rejects(team.product(product).followEvents({ after: 'yesterday' }), InvalidError);
});

test('a log can be iterated completely', async () => {
  await fleet.gateway(NOON).publishMany(Array.from({ length: 7 }, (_, number) => ({ device, name: `n/${number}` })));
  const names = [];
  for await (const { name } of team.product(product).events({ limit: 3 })) names.push(name);
  assert.equal(new Set(names).size, 7);
});

test('a stream can be iterated while events arrive', { timeout: 30_000 }, async () => {
  const stream = await team.product(product).eventStream();
  const received = (async () => {
    const names = [];
    for await (const { name } of stream) {
      names.push(name);
      if (names.length === 3) return names;
    }
  })();
  for (const name of ['one', 'two', 'three']) await publish(name);
  assert.deepEqual(await received, ['one', 'two', 'three']);
  const followed = await team.product(product).followEvents({ after: stream.start });
  assert.deepEqual(followed.items.length, 3);
});

test('a wait ends when an event arrives, or when its time has passed', { timeout: 30_000 }, async () => {
  const stream = await team.product(product).eventStream();
  assert.equal(await stream.wait(1), false);
  const waiting = stream.wait(20_000);
  await publish('one');
  assert.equal(await waiting, true);
  const { items, missed } = await team.readEventStream(stream);
  assert.deepEqual([items.length, missed], [1, 0]);
  await assert.rejects(stream.wait(-1), InvalidError);
});

test('a meter admits up to the limit, on the loop and on the pool', async () => {
  const meter = await fleet.meter(product, NOON);
  assert.equal(await meter.admit(), true);
  assert.equal(meter.admitSync(), true);
  assert.equal(await meter.admitMany(2), 2);
  assert.equal(meter.admitManySync(9), 1);
  assert.equal(meter.admitSync(), false);
  const { used, limit } = await team.product(product).usage();
  assert.deepEqual([used, limit], [5, 5]);
  await fleet.settleUsage(NOON);
  await assert.rejects(fleet.meter(0), InvalidError);
  await assert.rejects(team.product(94).usage(), NotFoundError);
});

test('a stream that is read too late reports a gap, and continues after it', { timeout: 60_000 }, async () => {
  const stream = await team.product(product).eventStream();
  const events = Array.from({ length: 1_000 }, (_, number) => ({ device, product, name: `n/${number}` }));
  await fleet.gateway(NOON).publishMany(events);
  await fleet.gateway(NOON).publishMany(events);
  const walk = stream[Symbol.asyncIterator]();
  await assert.rejects(walk.next(), (error) => error instanceof EventsMissedError && error.missed === 2_000 - 1_024);
  let names = 0;
  for await (const _ of stream) {
    names += 1;
    if (names === 1_024) break;
  }
});

test('thousands wait for events without blocking the store', { timeout: 60_000 }, async () => {
  const streams = await Promise.all(Array.from({ length: 2_000 }, () => team.product(product).eventStream()));
  const threads = async () => Number(/Threads:\s+(\d+)/.exec(await readFile('/proc/self/status', 'utf8').catch(() => 'Threads: 1'))[1]);
  const before = await threads();
  const waiting = streams.map((stream) => stream.wait(50_000));
  await team.product(product).summary();
  assert.ok((await threads()) <= before + 8);
  await publish('at last');
  assert.ok((await Promise.all(waiting)).every((isThere) => isThere === true));
});

test('a wait can be aborted, and ends when the fleet is closed', { timeout: 30_000 }, async () => {
  const stream = await team.product(product).eventStream();
  const abort = new AbortController();
  const aborted = stream.wait(20_000, { signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(aborted, { message: 'enough' });
  const waiting = stream.wait(20_000);
  const walk = assert.rejects(stream[Symbol.asyncIterator]().next(), StoreFailedError);
  await fleet.close();
  assert.equal(await waiting, false);
  await walk;
});
