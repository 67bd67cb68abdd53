// For any argument, a call throws only the library's own errors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { EventsMissedError, Fleet, FleetError, InvalidError, conformance } from 'fleet-core';

const NOON = new Date('2016-03-08T12:00:00Z');
const device = 'aa0000000000000000000001';

async function house() {
  const fleet = await Fleet.open('memory:');
  const { id: alice } = await fleet.console('operator', NOON).createAccount('alice@example.com');
  const team = fleet.console(alice, NOON);
  const { id: product } = await team.createProduct('Thermostat', 'photon');
  await team.product(product).import(device);
  const { id: customer } = await team.product(product).createCustomer('carl@example.com');
  const { token } = await team.product(product).customer(customer).issueToken(['see', 'control', 'claim'], 3600);
  const stream = await team.product(product).eventStream();
  const meter = await fleet.meter(product, NOON);
  const gateway = fleet.gateway(NOON);
  const thermostat = team.product(product);
  const handles = [thermostat, thermostat.device(device), thermostat.customer(customer)];
  const people = [team, fleet.console('operator', NOON)];
  const doors = [...people, fleet.portal(token, NOON), gateway, fleet.clock(NOON), meter, fleet, ...handles];
  return { fleet, alice, product, stream, doors };
}

const named = (door) => Object.getOwnPropertyNames(Object.getPrototypeOf(door));
const CLOSE = new Set(['constructor', 'close', 'closeWithin']);

/** Every method of every door, of a stream and of a fleet. */
function calls({ doors, stream }) {
  const found = doors.flatMap((door) => named(door).filter((name) => !CLOSE.has(name)).map((name) => [door, name]));
  return [...found, [stream, 'wait']];
}

/** Values that are tried as arguments. */
const sound = ({ product, stream }) =>
  fc.constantFrom(
    product, device, 1, NOON, 'photon', 'bob@example.com', 'Small', 'monthly', 'USD', [1], ['see'], { kind: 'live_stream' },
    { kind: 'release', version: 1 }, { device }, { device, product, name: 'boot' }, { limit: 10 }, 'operator', stream, undefined,
    { version: 1, title: 'One', binary: 'firmware' }, { token: 't', brand: 'visa', lastFour: '4242', expires: '2017-12' }, true,
  );

const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -1, 65_536, 2 ** 32, 2 ** 53, 2 ** 53 + 2, -0, 0.5),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', 'x'.repeat(100_000), '0'.repeat(24), '\0', 'a\udfffb'),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(new Date(8.64e15), new Date(-8.64e15), new Date(NaN), Symbol('s'), () => 1, new Proxy({}, {}), new Array(2 ** 32 - 1)),
  fc.record({ limit: fc.anything(), after: fc.anything(), prefx: fc.anything(), device: fc.anything(), reportedAt: fc.date() }, { requiredKeys: [] }),
);

test('a call throws only errors of the library', { timeout: 120_000 }, async () => {
  const first = await house();
  const count = calls(first).length;
  let turns = 0;
  let at = first;
  const property = fc.asyncProperty(fc.nat(count - 1), fc.array(fc.oneof(sound(first), hostile), { maxLength: 5 }), async (which, given) => {
    turns += 1;
    if (turns % 50 === 0) {
      await at.fleet.close();
      at = await house();
    }
    const [door, name] = calls(at)[which];
    try {
      const answer = await (name === 'wait' && Number.isInteger(given[0]) ? door.wait(-1) : door[name](...given));
      if (typeof answer?.event === 'function') assert.ok(answer);
    } catch (error) {
      assert.ok(error instanceof FleetError, `${name}: ${error?.stack ?? String(error)}`);
      assert.ok(error.code.length > 0 && error.message.length > 0);
    }
  });
  await fc.assert(property, { numRuns: 1500, seed: 14 });
  await at.fleet.close();
});

test('the options of a fleet are checked', async () => {
  const wrong = fc.asyncProperty(hostile, async (given) => {
    for (const open of [() => Fleet.open('memory:', given), () => Fleet.open(given), () => conformance(given)]) {
      if (given === undefined || typeof given === 'function' || (typeof given === 'string' && given.includes(':'))) return;
      await open().then((fleet) => fleet.close(), (error) => assert.ok(error instanceof FleetError, String(error?.stack)));
    }
  });
  await fc.assert(wrong, { numRuns: 200, seed: 14 });
});

test('every call rejects a misspelt option', async () => {
  const { fleet, product, doors: [team, , , gateway, clock], stream } = await house();
  const misspelt = { prefx: 'door/' };
  for (const call of [
    () => team.product(product).subscribe({ kind: 'live_stream' }, misspelt),
    () => team.product(product).devices(misspelt),
    () => team.product(product).devices({ before: 'x' }),
    () => team.product(product).customers(misspelt),
    () => team.product(product).betaGuests(misspelt),
    () => team.claimedDevices(misspelt),
    () => team.product(product).auditLog(misspelt),
    () => team.product(product).events(misspelt),
    () => team.product(product).events({ after: 'x' }),
    () => team.product(product).followEvents(misspelt),
    () => team.product(product).invoices(misspelt),
    () => team.readEventStream(stream, misspelt),
    () => team.product(product).importWatched(device, { onprogress() {} }),
    () => stream.wait(1, misspelt),
    () => gateway.connect({ device, prodct: 1 }),
    () => gateway.disconnect(device, misspelt),
    () => clock.due(misspelt),
    () => clock.advance(misspelt),
    () => fleet.pendingNotices(misspelt),
    () => fleet.pendingCharges(misspelt),
    () => Fleet.open('memory:', misspelt),
  ]) {
    await assert.rejects(async () => call(), InvalidError, call.toString());
  }
  await assert.rejects(async () => team.product(product).devices(null), InvalidError);
  assert.deepEqual(await team.product(product).subscriptions(), []);
});

test('an error names the argument as JavaScript spells it, and its own class', async () => {
  const { doors: [, , , gateway] } = await house();
  const error = await gateway.connect({ device, reportedAt: new Date(NaN) }).catch((thrown) => thrown);
  assert.deepEqual([error.name, error.field], ['InvalidError', 'reportedAt']);
  assert.match(error.message, /^reportedAt: must be a valid Date/);
  assert.match(String(error), /^InvalidError: reportedAt/);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    name: 'InvalidError', message: error.message, code: 'invalid', isTransient: false, field: 'reportedAt', problem: error.problem,
  });
  // A minifier renames classes.
  assert.equal(EventsMissedError.prototype.name, 'EventsMissedError');
  assert.ok(Object.hasOwn(EventsMissedError.prototype, 'name'));
});

test('values are equal after a worker or JSON; a value with a secret is not serialised', async () => {
  const { fleet, product, doors: [team, , , gateway] } = await house();
  const values = [
    await team.product(product).get(), await team.product(product).summary(), await gateway.connect({ device, product, version: 1 }),
    (await team.product(product).devices()).items, await team.product(product).configuration(), await team.product(product).billingStatus(),
  ];
  for (const value of values) {
    assert.deepEqual(structuredClone(value), value);
    assert.deepEqual(JSON.parse(JSON.stringify(value)), JSON.parse(JSON.stringify(structuredClone(value))));
  }
  const { id: customer } = await team.product(product).createCustomer('dora@example.com');
  const issued = await team.product(product).customer(customer).issueToken(['claim'], 60);
  const hook = await team.product(product).subscribe({ kind: 'webhook', url: 'https://example.com/hook?key=secret' });
  const code = await fleet.portal(issued.token, NOON).askClaimCode();
  const invited = await team.product(product).inviteToBeta('dora@example.com\n');
  const again = await team.product(product).inviteToBeta('a\u0001b');
  const guests = await team.product(product).betaGuests();
  const renewed = await team.product(product).renewActivationCode('dora@example.com');
  for (const [value, secret] of [
    [issued, issued.token], [hook, 'key=secret'], [code, code.code], [(await team.product(product).subscriptions()), 'key=secret'],
    [invited, invited.lines[0].code], [guests, guests.items[0].code], [renewed, renewed.code],
  ]) {
    assert.ok(secret.length > 3);
    assert.throws(() => JSON.stringify(value), (error) => error instanceof InvalidError && error.message.includes('holds a secret'));
    assert.ok(!inspect(value, { depth: 9 }).includes(secret));
    const refused = { name: 'DataCloneError', message: /holds a secret and is not serialised/ };
    assert.throws(() => structuredClone(value), refused);
    assert.throws(() => structuredClone({ within: [value] }), refused);
    const { port1, port2 } = new MessageChannel();
    assert.throws(() => port1.postMessage(value), refused);
    port1.close();
    port2.close();
  }
  // The secret itself is readable, and a manual copy contains it.
  assert.deepEqual({ ...issued }, { tokenId: issued.tokenId, token: issued.token });
  assert.deepEqual(Object.keys(issued), ['tokenId', 'token']);
  assert.equal(structuredClone(issued.token), issued.token);
  // A value of the same shape without a secret behaves like any other.
  assert.deepEqual(structuredClone(again), again);
  JSON.stringify(again);
});
