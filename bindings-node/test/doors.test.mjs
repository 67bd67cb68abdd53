// What is specific to JavaScript in the doors: promises, errors, dates, pages, long imports, closing.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  CancelledError,
  Fleet,
  FleetError,
  InvalidError,
  LimitExceededError,
  NotFoundError,
  NotProvenError,
  StoreFailedError,
} from 'fleet-core';

const NOON = new Date('2016-03-08T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'fleet-doors-'));
after(() => rmSync(folder, { recursive: true }));

const device = (number) => `aa${number.toString(16).padStart(22, '0')}`;
const list = (count) => Array.from({ length: count }, (_, number) => device(number)).join('\n');

let fleet;
let console;
let product;
beforeEach(async () => {
  fleet = await Fleet.open('memory:');
  const operator = fleet.console('operator', NOON);
  const { id } = await operator.createAccount('alice@example.com');
  console = fleet.console(id, NOON);
  ({ id: product } = await console.createProduct('Thermostat', 'photon'));
  await operator.product(product).setTier('Enterprise');
});

describe('a failure', () => {
  test('is an error with a code, a message for people, and the data to branch on', async () => {
    const error = await console.product(94).get().catch((caught) => caught);
    assert.ok(error instanceof NotFoundError && error instanceof FleetError && error instanceof Error);
    assert.equal(error.name, 'NotFoundError');
    assert.equal(error.code, 'not_found');
    assert.equal(error.what, 'product');
    assert.equal(error.message, 'there is no such product, or it is not yours to see');
    assert.equal(error.isTransient, false);
    assert.match(error.stack, /doors\.test\.mjs/, 'its stack must lead to the caller');
  });

  test('names the tier that would be enough', async () => {
    await fleet.console('operator', NOON).product(product).setTier('Prototype');
    const { refused } = await console.product(product).planImport(list(26));
    assert.equal(refused.resource, 'devices');
    await console.product(product).import(list(25));
    const stranger = { device: device(99), product };
    await fleet.gateway(NOON).connect(stranger);
    await assert.rejects(console.product(product).device(stranger.device).approve(), (error) => {
      assert.ok(error instanceof LimitExceededError);
      assert.deepEqual([error.limit.limit, error.limit.wouldBe, error.limit.fits.tier], [25, 26, 'Small']);
      return true;
    });
  });

  test('of the store shows whether to retry', async () => {
    await assert.rejects(Fleet.open(`sqlite:${join(folder, 'nowhere', 'fleet.db')}`), FleetError);
    await assert.rejects(Fleet.open('redis:'), { code: 'invalid', field: 'url' });
  });
});

describe('an argument', () => {
  test('that is not a whole number in its range is rejected, not converted', async () => {
    for (const invalid of [product + 2 ** 32, product + 0.5, -1, NaN, `${product}`, null, undefined]) {
      assert.throws(() => console.product(invalid), InvalidError, String(invalid));
      await assert.rejects(console.product(product).release(invalid), InvalidError, String(invalid));
    }
    assert.equal((await console.product(product).get()).id, product);
  });

  test('with a misspelt field is rejected', async () => {
    await assert.rejects(console.product(product).devices({ onlnie: true }), /`onlnie` is not a known field/);
    await assert.rejects(console.product(product).setPolicy({ gateDevice: 2 }), /`gateDevice`/);
  });

  test('that is not an actor opens no door', () => {
    for (const nobody of [undefined, null, NaN, 0, 'alice', 'Operator']) {
      assert.throws(() => fleet.console(nobody), InvalidError, String(nobody));
    }
  });

  test('that is not a valid Date is rejected as a moment', () => {
    assert.throws(() => fleet.gateway(new Date(NaN)), InvalidError);
    assert.throws(() => fleet.gateway(Date.now()), InvalidError);
  });

  test('rejects and does not throw', async () => {
    const promise = console.product(product).release('x');
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, InvalidError);
  });
});

describe('a handle', () => {
  test('prints its ids and reads nothing', async () => {
    const unknown = console.product(95);
    const handles = [unknown, unknown.device(device(1).toUpperCase()), unknown.customer(7)];
    const texts = ['ProductConsole(95)', `DeviceConsole(95, ${device(1)})`, 'CustomerConsole(95, 7)'];
    assert.deepEqual(handles.map(String), texts);
    assert.deepEqual(handles.map((handle) => inspect(handle)), texts);
    assert.deepEqual(handles.map(({ id }) => id), [95, device(1), 7]);
    for (const handle of handles) await assert.rejects(handle.get(), NotFoundError);
    assert.throws(() => unknown.device('55ff'), InvalidError);
  });
});

describe('a door', () => {
  test('returns dates', async () => {
    const { createdAt } = await console.product(product).get();
    assert.deepEqual(createdAt, NOON);
  });

  test('without a moment happens at the present one', async () => {
    const before = Date.now();
    const { createdAt } = await fleet.console('operator').createAccount('bob@example.com');
    assert.ok(createdAt.getTime() >= before && createdAt.getTime() <= Date.now());
  });

  test('accepts configuration answers as native values', async () => {
    await console.product(product).configure('private_beta', true);
    const { answers } = await console.product(product).configuration();
    assert.equal(answers.private_beta, true);
  });
});

describe('a list', () => {
  test('is read completely by for await, and page by page', async () => {
    await console.product(product).import(list(7));
    const walked = [];
    for await (const { id } of console.product(product).devices({ limit: 3 })) walked.push(id);
    assert.deepEqual(walked, Array.from({ length: 7 }, (_, number) => device(number)));

    const first = await console.product(product).devices({ limit: 3 });
    assert.deepEqual([first.items.length, first.next], [3, device(2)]);
    const last = await console.product(product).devices({ limit: 4, after: device(4) });
    assert.deepEqual([last.items.length, last.next], [2, null]);
  });

  test('stops reading pages when the loop stops', async () => {
    await console.product(product).import(list(7));
    for await (const { id } of console.product(product).devices({ limit: 3 })) {
      assert.equal(id, device(0));
      break;
    }
  });

  test('rejects when it is read', async () => {
    await assert.rejects(console.product(94).devices(), NotFoundError);
    await assert.rejects(async () => {
      for await (const _ of console.product(94).auditLog()) assert.fail();
    }, NotFoundError);
  });
});

describe('a long import', () => {
  const COUNT = 20_000;

  test('reports its progress, and does not block the event loop', async () => {
    const reports = [];
    let turns = 0;
    const turn = setInterval(() => (turns += 1));
    const onProgress = (progress) => reports.push(progress);
    const { counts } = await console.product(product).importWatched(list(COUNT), { onProgress });
    clearInterval(turn);
    assert.equal(counts.imported, COUNT);
    assert.ok(reports.length > 1 && turns > 0, `${reports.length} reports, ${turns} turns`);
    assert.deepEqual(reports.at(-1), { added: COUNT, toAdd: COUNT });
  });

  test('stops when its signal aborts; added devices stay, and the same file completes it', async () => {
    const stop = new AbortController();
    const error = await console
      .product(product)
      .importWatched(list(COUNT), { onProgress: () => stop.abort('enough'), signal: stop.signal })
      .catch((caught) => caught);
    assert.ok(error instanceof CancelledError, error);
    assert.deepEqual([error.code, error.cause], ['cancelled', 'enough']);
    assert.ok(error.added > 0 && error.added < COUNT);
    assert.equal((await console.product(product).summary()).devices, error.added);
    const { counts } = await console.product(product).importWatched(list(COUNT));
    assert.deepEqual([counts.imported, counts.alreadyHere], [COUNT - error.added, error.added]);
  });

  test('that is stopped before it begins adds nothing', async () => {
    const refused = console.product(product).importWatched(list(3), { signal: AbortSignal.abort() });
    await assert.rejects(refused, { code: 'cancelled', added: 0 });
    assert.equal((await console.product(product).summary()).devices, 0);
  });

  test('fails with what its listener throws', async () => {
    const problem = new RangeError('the bar is full');
    const onProgress = () => {
      throw problem;
    };
    await assert.rejects(console.product(product).importWatched(list(COUNT), { onProgress }), problem);
  });
});

describe('a connect', () => {
  const report = (number, more) => ({ device: device(number), product, version: 1, ...more });

  test('has the same answer on the loop and on the pool, alone and in a batch', async () => {
    await console.product(product).import(list(3));
    const gateway = fleet.gateway(NOON);
    const reports = [report(0), report(1, { session: 7, system: '1.5.2', platform: 'photon' }), report(9)];
    const many = await gateway.connectMany(reports);
    assert.deepEqual(many.map(({ answer }) => answer.kind), ['up_to_date', 'up_to_date', 'held']);
    assert.deepEqual(gateway.connectManySync(reports), many);
    for (const [index, one] of reports.entries()) {
      assert.deepEqual(await gateway.connect(one), many[index]);
      assert.deepEqual(gateway.connectSync(one), many[index]);
    }
  });

  test('returns each device its own directive, also if many share a decision', async () => {
    const { readFileSync } = await import('node:fs');
    const { id: owner } = await fleet.console('operator', NOON).createAccount('carol@example.com');
    await fleet.console('operator', NOON).createProductWithId(94, owner, 'Guide', 'photon');
    const carol = fleet.console(owner, NOON);
    const binary = readFileSync(new URL('../../examples/data/photon_p94_v2.bin', import.meta.url));
    await carol.product(94).upload({ version: 2, title: 'Quieter', binary });
    await carol.product(94).import(list(3));
    for (const number of [0, 1, 2]) await carol.product(94).device(device(number)).lock(2, 'on_reset');
    const reports = [0, 1, 2].map((number) => ({ device: device(number).toUpperCase(), product: 94, session: 1 }));
    for (const answers of [await fleet.gateway(NOON).connectMany(reports), fleet.gateway(NOON).connectManySync(reports)]) {
      assert.deepEqual(answers.map(({ answer }) => answer.directive.device), [device(0), device(1), device(2)]);
      for (const { answer } of answers) {
        assert.equal(answer.kind, 'update');
        assert.deepEqual([answer.directive.version, answer.directive.size, answer.directive.sequence], [2, binary.length, 1]);
      }
    }
    const later = new Date(NOON.getTime() + 1000);
    const back = fleet.gateway(later).connectSync({ ...reports[0], version: 2, session: 2 });
    assert.deepEqual(back.outcome, { at: later, target: 2, result: 'succeeded' });
  });

  test('with an invalid report names the error on either path', async () => {
    const gateway = fleet.gateway(NOON);
    for (const [invalid, expected] of [
      [{ device: 'x'.repeat(24) }, /device: `x` at position 1/],
      [{ device: `${'a'.repeat(23)}\u0161` }, /device/],
      [report(0, { version: 65_536 }), /version: must be a whole number from 0 to 65535/],
      [report(0, { version: -1 }), /version/],
      [report(0, { product: 94.5 }), /product/],
      [report(0, { image: 'z'.repeat(64) }), /image/],
      [report(0, { image: 'ab' }), /image/],
      [report(0, { system: 'x'.repeat(65) }), /system/],
      [report(0, { platform: '' }), /platform/],
      [report(0, { reportedAt: new Date(NaN) }), /reportedAt/],
      [report(0, { verison: 1 }), /`verison` is not a known field/],
      [undefined, /must be an object/],
    ]) {
      assert.throws(() => gateway.connectSync(invalid), expected);
      await assert.rejects(gateway.connect(invalid), expected);
      await assert.rejects(gateway.connectMany([report(1), invalid]), expected);
    }
    assert.throws(() => gateway.connectManySync('many'), /must be an array/);
  });

  test('during the packing of another one does not corrupt it', () => {
    const gateway = fleet.gateway(NOON);
    const nested = {
      get device() {
        return gateway.connectSync({ device: device(7) }).product === null ? device(8) : '';
      },
      product,
    };
    const [first, second] = gateway.connectManySync([report(6), nested]);
    assert.deepEqual([first.answer.kind, second.answer.kind], ['held', 'held']);
    assert.deepEqual([first.product, second.product], [product, product]);
  });

  test('shares immutable decisions', () => {
    const gateway = fleet.gateway(NOON);
    const { answer } = gateway.connectSync(report(5));
    assert.throws(() => (answer.kind = 'update'), TypeError);
    assert.equal(gateway.connectSync(report(6)).answer.kind, 'held');
  });

  test('of very many devices behaves as of few', async () => {
    const many = Array.from({ length: 5000 }, (_, number) => ({ device: device(number), session: number + 1 }));
    assert.equal((await fleet.gateway(NOON).connectMany(many)).length, 5000);
    assert.equal(fleet.gateway(NOON).connectManySync(many).length, 5000);
    assert.deepEqual(await fleet.gateway(NOON).connectMany([]), []);
    assert.deepEqual(fleet.gateway(NOON).connectManySync([]), []);
  });
});

describe('a fleet', () => {
  test('releases its file when it is closed, and rejects later calls', async () => {
    const url = `sqlite:${join(folder, 'closed.db')}`;
    const one = await Fleet.open(url);
    const { id } = await one.console('operator').createAccount('alice@example.com');
    const door = one.console(id);
    await one.close();
    await assert.rejects(door.products(), StoreFailedError);
    const other = await Fleet.open(url);
    assert.deepEqual(await other.console(id).products(), []);
    await other[Symbol.asyncDispose]();
    await assert.rejects(other.console(id).products(), StoreFailedError);
  });

  test('handles many calls at once', async () => {
    const accounts = Array.from({ length: 50 }, (_, number) =>
      fleet.console('operator', NOON).createAccount(`person${number}@example.com`),
    );
    const ids = (await Promise.all(accounts)).map(({ id }) => id);
    assert.equal(new Set(ids).size, 50);
  });

  test('can be dropped without being closed', async () => {
    const dropped = await Fleet.open('memory:');
    assert.ok(dropped.gateway().connectSync({ device: device(1) }));
  });

  test('keeps notices until they are acknowledged', async () => {
    fleet.gateway(NOON).connectSync({ device: device(1), product });
    const { items } = await fleet.pendingNotices();
    assert.deepEqual(items.map(({ subject }) => subject.kind), ['devices_ask_to_join']);
    assert.equal(await fleet.acknowledge(items[0].key), true);
    assert.equal(await fleet.acknowledge(items[0].key), false);
  });
});

test('the error of an unproven release has the number of devices that run it', async () => {
  await assert.rejects(console.product(product).release(2), NotFoundError);
  assert.equal(new NotProvenError({ message: 'x', code: 'not_proven', context: { needed: 1 } }).needed, 1);
});
