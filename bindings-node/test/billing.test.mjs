// Billing in JavaScript: the clock's door, iterating over charges, the host's own prices.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardMissingError, Fleet, InvalidError, UnknownChargeError } from 'fleet-core';

const NOON = new Date('2016-03-08T12:00:00Z');
const eur = (minor) => ({ minor, currency: 'EUR' });

/** A fleet with two tiers, and a product whose owner has a card. */
async function opened(options) {
  const prices = [{ interval: 'monthly', amount: eur(900) }];
  const tiers = [{ name: 'Free', devices: 1 }, { name: 'Paid', devices: 9, prices }];
  const fleet = await Fleet.open('memory:', { tiers, ...options });
  const { id } = await fleet.console('operator', NOON).createAccount('alice@example.com');
  const owner = fleet.console(id, NOON);
  const { id: product } = await owner.createProduct('Thermostat', 'photon');
  await owner.product(product).setCurrency('EUR');
  return { fleet, owner, product };
}

test('an upgrade takes effect when its charge succeeds', async () => {
  const { fleet, owner, product } = await opened();
  const { quote, due } = await owner.product(product).quoteUpgrade('Paid', 'monthly');
  // The rest of the day on which the period began is not counted.
  assert.ok(due.minor > 850 && due.minor <= 900, due.minor);
  await assert.rejects(owner.product(product).upgrade(quote), CardMissingError);
  await owner.setCard({ token: 'tok_1', brand: 'visa', lastFour: '4242', expires: '2017-12' });
  const { charge, invoice } = await owner.product(product).upgrade(quote);
  assert.deepEqual([charge.amount, charge.card.token, invoice], [due, 'tok_1', null]);
  assert.equal((await owner.product(product).get()).tier, 'Free');

  const clock = fleet.clock(NOON);
  for await (const { key, purpose } of fleet.pendingCharges()) {
    assert.equal(purpose.kind, 'upgrade');
    await clock.chargeOutcome(key, 'succeeded');
  }
  assert.equal((await owner.product(product).get()).tier, 'Paid');
  assert.deepEqual((await fleet.pendingCharges()).items, []);
  const invoices = [];
  for await (const one of owner.product(product).invoices()) invoices.push(one.total);
  assert.deepEqual(invoices, [due]);
  await assert.rejects(clock.chargeOutcome('nothing', 'succeeded'), (error) => {
    return error instanceof InvalidError || error instanceof UnknownChargeError;
  });
});

test('the clock lists what is due, and handles it', async () => {
  const { fleet, owner, product } = await opened();
  await owner.setCard({ token: 'tok_1', brand: 'visa', lastFour: '4242', expires: '2017-12' });
  const thermostat = owner.product(product);
  const { charge } = await thermostat.upgrade((await thermostat.quoteUpgrade('Paid', 'monthly')).quote);
  await fleet.clock(NOON).chargeOutcome(charge.key, 'succeeded');
  assert.deepEqual(await fleet.clock(NOON).due(), []);
  const { renewal } = await owner.product(product).billingStatus();
  const due = await fleet.clock(renewal).due();
  assert.deepEqual(due.map(({ product: of, account }) => [of, account]), [[product, null]]);
  const { done, more } = await fleet.clock(renewal).advance();
  assert.deepEqual([done > 0, more], [true, false]);
  assert.deepEqual((await fleet.pendingCharges()).items.map(({ purpose }) => purpose.kind), ['renewal']);
});

test('the host sets how long a quote is valid', async () => {
  const { owner, product } = await opened({ quoteLifeMillis: 60_000 });
  const { at, expiresAt } = await owner.product(product).quoteUpgrade('Paid', 'monthly');
  assert.equal(expiresAt - at, 60_000);
  await assert.rejects(opened({ quoteLifeMillis: 59_999 }), InvalidError);
  await assert.rejects(opened({ retryDays: [0.5] }), InvalidError);
});

for (const [holdLocked, reason] of [[true, 'owner_locked'], [false, undefined]]) {
  test(`the devices of a locked owner are ${holdLocked ? 'held' : 'served'} if the host chooses so`, async () => {
    const { fleet, owner, product } = await opened({ holdLocked });
    const device = 'aa0000000000000000000001';
    await owner.product(product).import(device);
    await owner.product(product).setPolicy({ opaqueImages: true, gateDevices: 0, gateSoakMillis: 0 });
    await owner.product(product).upload({ version: 2, title: 'Quieter', binary: Buffer.from('opaque firmware') });
    await owner.product(product).release(2);
    const { owner: id } = await owner.product(product).get();
    await fleet.console('operator', NOON).lockAccount(id);
    const gateway = fleet.gateway(NOON);
    const connect = () => gateway.connectSync({ device, product, version: 1 }).answer;
    const { reason: found, since } = connect();
    assert.deepEqual([found, since], [reason, holdLocked ? NOON : undefined]);
    // Each answer is an object of its own.
    since?.setTime(0);
    assert.deepEqual(connect().since, holdLocked ? NOON : undefined);
  });
}
