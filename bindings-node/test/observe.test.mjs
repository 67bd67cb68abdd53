// Seeing inside: a callback for each call, and metrics.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Fleet } from 'fleet-core';

test('each call reaches the callback, and what the callback throws breaks nothing', async (t) => {
  const calls = [];
  const onCall = (call) => {
    calls.push(call);
    throw new Error('of the host');
  };
  const fleet = await Fleet.open('memory:', { onCall });
  t.after(() => fleet.close());
  await fleet.console('operator').createAccount('alice@example.com');
  await assert.rejects(fleet.console('operator').product(94).get());
  while (calls.length < 2) await setTimeout(1);
  assert.deepEqual(calls, [
    { operation: 'create_account', product: null, outcome: 'answered', code: 'ok', rule: null, tries: 1 },
    { operation: 'product', product: 94, outcome: 'refused', code: 'not_found', rule: 'R-TEAM-6', tries: 1 },
  ]);
});

test('metrics count the calls', async (t) => {
  const silent = await Fleet.open('memory:');
  t.after(() => silent.close());
  assert.equal(await silent.metrics(), null);
  const fleet = await Fleet.open('memory:', { metrics: true });
  t.after(() => fleet.close());
  await fleet.console('operator').createAccount('alice@example.com');
  const metrics = await fleet.metrics();
  assert.deepEqual(metrics.calls, [{ operation: 'create_account', answered: 1, refused: 0, failed: 0 }]);
  assert.equal(metrics.journalDepth, null);
  assert.equal(metrics.batches.classes.length, 12);
});
