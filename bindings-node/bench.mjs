// Measures the hot operations through Node for `cargo xtask bench`, which compares them with Rust. Reads an operation's
// name on each line, runs one round, and writes a line with the nanoseconds of one operation.
//
//   node bench.mjs DEVICES

import { createInterface } from 'node:readline';
import { Fleet } from 'fleet-core';

const NOON = new Date('2016-03-08T12:00:00Z');
const BATCH = 1024;

/** Pseudorandom numbers (xorshift32), the same in every run. */
function* numbers() {
  let state = 7;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

const random = numbers();
const digits = () => random.next().value.toString(16).padStart(8, '0');
const count = Number(process.argv[2]);
// Flat strings, as they come from a socket: a concatenated string would stay in its parts.
const whole = (text) => Buffer.from(text, 'latin1').toString('latin1');
const devices = Array.from({ length: count }, () => whole(digits() + digits() + digits()));

const fleet = await Fleet.open('memory:', { tiers: [{ name: 'All' }] });
const { id } = await fleet.console('operator', NOON).createAccount('alice@example.com');
const team = fleet.console(id, NOON);
const { id: product } = await team.createProduct('Thermostat', 'photon');
await team.product(product).import(devices.join('\n'));
const gateway = fleet.gateway(NOON);

let session = 0;
const reports = (of) => {
  session += 1;
  return of.map((device) => ({ device, product, version: 1, session, reportedAt: NOON }));
};

// Each device connects once beforehand, so that its row is as on any later day.
for (let first = 0; first < count; first += 65_536) await gateway.connectMany(reports(devices.slice(first, first + 65_536)));

/** Reads the decision, as a gateway would: an answer whose texts are never read costs nothing. */
const ROUNDS = {
  connect(round) {
    let kept = 0;
    for (const report of round) if (gateway.connectSync(report).answer.kind !== 'update') kept += 1;
    return kept;
  },
  connect_many(round) {
    let kept = 0;
    for (const { answer } of gateway.connectManySync(round)) if (answer.kind !== 'update') kept += 1;
    return kept;
  },
};

for await (const operation of createInterface({ input: process.stdin })) {
  const chosen = Array.from({ length: BATCH }, () => devices[random.next().value % count]);
  const round = reports(chosen);
  const begin = process.hrtime.bigint();
  const kept = ROUNDS[operation](round);
  const took = process.hrtime.bigint() - begin;
  if (kept !== round.length) throw new Error(`${kept} of ${round.length} were answered as expected`);
  process.stdout.write(`${Number(took) / round.length}\n`);
}
