// The README's program does what the README says.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const package_ = fileURLToPath(new URL('..', import.meta.url));

test('the ten lines of the README work', () => {
  const [, section] = readme.split('## Ten lines that work\n');
  const [, program] = section.match(/```js\n(.*?)```/s);
  const [, shown] = section.match(/```text\n(.*?)```/s);
  const options = { cwd: package_, encoding: 'utf8' };
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options), shown);
});

test('every other program does what the text around it says', async () => {
  const [, handles, pages, watched, charges, refusal, ...more] = readme.match(/```js\n.*?```/gs).map((block) => block.slice(6, -3));
  assert.deepEqual(more, [], 'every program of the README is run here');
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  const run = (program, names) => new AsyncFunction(...Object.keys(names), program)(...Object.values(names));
  const { Fleet, NotProvenError } = await import('fleet-core');
  await using_(await Fleet.open('memory:'), async (fleet) => {
    const operator = fleet.console('operator');
    const alice = await operator.createAccount('alice@example.com');
    const team = fleet.console(alice.id);
    const product = await operator.createProductWithId(94, alice.id, 'Lamp', 'photon');

    const added = [];
    const file = '55ff6d04498b49a1b2c3d4e5\n45f96d06492949f0e1d2c3b4\n';
    const thermostat = team.product(product.id);
    await run(watched, { thermostat, file, bar: (share) => added.push(share), signal: new AbortController().signal });
    assert.equal(added.at(-1), 1);

    const { items: [device] } = await thermostat.devices();
    await fleet.gateway().connect({ device: device.id, product: 94, version: 1 });
    const shown = [];
    await run(pages, { thermostat, show: ({ id }) => shown.push(id) });
    assert.deepEqual(shown, [device.id]);
    await run(handles, { thermostat, show: (line) => shown.push(line) });
    assert.equal(shown.at(-1), 'hall of Lamp');

    for (const version of [1, 2]) {
      const binary = readFileSync(new URL(`../../examples/data/photon_p94_v${version}.bin`, import.meta.url));
      await thermostat.upload({ version, title: `Version ${version}`, binary });
    }
    assert.equal(await run(refusal, { thermostat, NotProvenError }), 'runs on 0 of 1');

    await team.setCard({ token: 'tok_visa', brand: 'visa', lastFour: '4242', expires: '2090-12' });
    const quote = await thermostat.quoteUpgrade('Small', 'monthly');
    await thermostat.upgrade(quote.quote);
    await run(charges, { fleet, provider: { charge: async () => 'succeeded' } });
    assert.equal((await thermostat.get()).tier, 'Small');
  });
});

async function using_(fleet, work) {
  try {
    await work(fleet);
  } finally {
    await fleet.close();
  }
}

test('every class of error is in the table', async () => {
  const { FleetError, ...rest } = await import('fleet-core');
  const classes = Object.entries(rest).filter(([, one]) => one.prototype instanceof FleetError);
  // `OtherFailureError` is for failures that this version has no class for.
  const missing = classes.filter(([name]) => name !== 'OtherFailureError' && !readme.includes(`\`${name}\``));
  assert.deepEqual(missing.map(([name]) => name), []);
});
