// Fleets in a process that has other threads, and that exits.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const outputOf = async (program) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd });
  return stdout.trim();
};

for (const [what, store] of [
  ['in memory', "'memory:'"],
  ['in JavaScript', '{ async get(keys) { return keys.map(() => null) }, async scan() { return [] }, async commit(batch) { return batch.map(() => true) } }'],
]) {
  test(`an open fleet ${what} does not keep the process alive`, { timeout: 60_000 }, async () => {
    const program = `
      import { Fleet } from 'fleet-core';
      const fleet = await Fleet.open(${store});
      console.log((await fleet.gateway().connect({ device: 'aa0000000000000000000001' })).answer.kind);`;
    assert.equal(await outputOf(program), 'held');
  });
}

test('a process may exit while calls are running', { timeout: 60_000 }, async () => {
  const program = `
    import { Fleet } from 'fleet-core';
    const fleet = await Fleet.open('memory:');
    for (let number = 0; number < 100; number += 1) void fleet.console('operator').createAccount(number + '@example.com');
    setImmediate(() => { console.log('over'); process.exit(0); });`;
  assert.equal(await outputOf(program), 'over');
});

test('each worker has its own fleets, and may be terminated while it uses them', { timeout: 60_000 }, async () => {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const { Fleet } = require(${JSON.stringify(cwd)});
    (async () => {
      const fleet = await Fleet.open('memory:');
      const { id } = await fleet.console('operator').createAccount('alice@example.com');
      fleet.gateway().connectSync({ device: 'aa0000000000000000000001' });
      void fleet.console(id).products();
      parentPort.postMessage(id);
    })();`;
  const workers = [1, 2, 3].map(() => new Worker(program, { eval: true }));
  const ids = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  assert.deepEqual(ids, [1, 1, 1]);
  await Promise.all(workers.map((worker) => worker.terminate()));
});

test('a process exits during a watched import', { timeout: 60_000 }, async () => {
  for (const end of ['process.exit(0)', 'void fleet.close(); setTimeout(() => process.exit(0), 50)', 'setImmediate(() => { throw 0 })']) {
    const program = `
      import { Fleet } from 'fleet-core';
      process.on('uncaughtException', () => process.exit(0));
      const fleet = await Fleet.open('memory:');
      const { id } = await fleet.console('operator').createAccount('alice@example.com');
      const { id: product } = await fleet.console(id).createProduct('Thermostat', 'photon');
      await fleet.console('operator').product(product).setTier('Enterprise');
      const list = Array.from({ length: 100_000 }, (_, n) => 'aa' + (n + 1).toString(16).padStart(22, '0')).join('\\n');
      await fleet.console(id).product(product).importWatched(list, { onProgress() { console.log('over'); ${end}; for (const until = Date.now() + 200; Date.now() < until;); } });`;
    assert.equal((await outputOf(program)).split('\n')[0], 'over', end);
  }
});

test('a worker is terminated during a watched import', { timeout: 60_000 }, async () => {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const { Fleet } = require(${JSON.stringify(cwd)});
    (async () => {
      const fleet = await Fleet.open('memory:');
      const { id } = await fleet.console('operator').createAccount('alice@example.com');
      const { id: product } = await fleet.console(id).createProduct('Thermostat', 'photon');
      await fleet.console('operator').product(product).setTier('Enterprise');
      const list = Array.from({ length: 100_000 }, (_, n) => 'aa' + (n + 1).toString(16).padStart(22, '0')).join('\\n');
      await fleet.console(id).product(product).importWatched(list, { onProgress() { parentPort.postMessage('begun'); } });
    })();`;
  const worker = new Worker(program, { eval: true });
  await once(worker, 'message');
  await worker.terminate();
});
