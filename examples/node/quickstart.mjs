// A fleet's first day, through the doors of the npm package `fleet-core`. Run it, then read it from the top down.
//
//   node quickstart.mjs             in a new temporary folder
//   node quickstart.mjs FOLDER      in a folder of yours
//
// A product, a messy list of devices, and two firmwares, one of which is proven on a test device and released. A
// handful of simulated thermostats replaces the sockets of a real host; the library makes every decision, and each is
// printed with its rule (`R-…`).

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fleet, NotProvenError } from 'fleet-core';

const data = process.env.FLEET_DATA ?? fileURLToPath(new URL('../data', import.meta.url));
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'fleet-'));
const path = join(folder, 'fleet.db');
if (existsSync(path)) throw new Error(`${path} exists already: name another folder`);

/** A moment of 8 March 2016. A host leaves it out, which means now. */
const at = (hour, minute = 0) => new Date(Date.UTC(2016, 2, 8, hour, minute));
const chapter = (moment, title) => console.log(`\n${moment.toISOString().slice(11, 16)}  ${title}`);
const say = (...words) => console.log('      ', ...words);

/** Describes an answer in a sentence. The switch is exhaustive: TypeScript reports a missing case. */
function describe({ answer }) {
  switch (answer.kind) {
    case 'update':
      return `${answer.why}: send ${answer.directive.size} bytes, sha256 ${answer.directive.sha256.slice(0, 12)}…`;
    case 'up_to_date':
    case 'held':
      return answer.why;
  }
}

const fleet = await Fleet.open(`sqlite:${path}`);

chapter(at(9), 'A product');
const operator = fleet.console('operator', at(9));
const alice = await operator.createAccount('alice@example.com');
// Its number is already compiled into the firmware, so it is given and not generated.
const product = await operator.createProductWithId(94, alice.id, 'Thermostat', 'photon');
say(`product ${product.id}, ${product.name}, of hardware ${product.platform}; its owner is ${alice.email}`);
/** The product, as its owner sees it at a moment. */
const thermostat = (moment) => fleet.console(alice.id, moment).product(product.id);

chapter(at(9, 10), 'Importing examples/data/devices.csv');
const list = readFileSync(join(data, 'devices.csv'));
const report = await thermostat(at(9, 10)).importWatched(list, {
  onProgress: ({ added, toAdd }) => say(`${added} of ${toAdd}`),
});
say(`${report.counts.imported} imported, ${report.counts.duplicates} twice, ${report.counts.refused} refused:`);
for (const { line, verdict, message } of report.lines) if (verdict !== 'imported') say(`line ${line}: ${message}`);

chapter(at(9, 20), 'Two firmwares');
const early = thermostat(at(9, 20));
for (const [version, title] of [
  [1, 'First'],
  [2, 'Quieter'],
]) {
  const binary = readFileSync(join(data, `photon_p94_v${version}.bin`));
  const { image } = await early.upload({ version, title, binary });
  say(`version ${version}: ${image.format}, ${image.size} bytes, sha256 ${image.sha256.slice(0, 12)}…`);
}

chapter(at(9, 30), 'Releasing too early');
try {
  await early.release(2);
} catch (error) {
  if (!(error instanceof NotProvenError)) throw error;
  say(`${error.code}: ${error.message}`);
}

chapter(at(10), 'The fleet connects while nothing is released');
const house = [];
for await (const { id } of early.devices()) house.push({ device: id, product: product.id, version: 1 });
const morning = await fleet.gateway(at(10)).connectMany(house);
morning.forEach((connected, index) => say(house[index].device, describe(connected)));

chapter(at(10, 30), 'Proving version 2 on one device');
const [bench] = house;
await thermostat(at(10, 30)).device(bench.device).lock(2, 'on_reset');
say(bench.device, describe(await fleet.gateway(at(10, 31)).connect(bench)));
bench.version = 2;
const back = await fleet.gateway(at(10, 40)).connect(bench);
say(bench.device, `${describe(back)}; its update has ${back.outcome.result}`);

chapter(at(11), 'Releasing');
const { sent } = await thermostat(at(11)).dryRun({ kind: 'release', version: 2 });
say(`${sent.total} devices would be sent version 2`);
await thermostat(at(11)).release(2);

chapter(at(12), 'The fleet connects again');
const noon = await fleet.gateway(at(12)).connectMany(house);
noon.forEach((connected, index) => say(house[index].device, describe(connected)));
house.forEach((device) => (device.version = 2));
await fleet.gateway(at(12, 10)).connectMany(house);

chapter(at(18), 'The fleet in numbers');
const { devices, online, versions } = await thermostat(at(18)).summary();
say(`${devices} devices, ${online} online;`, versions.map(({ version, devices }) => `${devices} run ${version}`).join(', '));
for await (const { at: when, command, subject } of thermostat(at(18)).auditLog()) {
  say(when.toISOString().slice(11, 16), command, subject);
}

await fleet.close();
console.log(`\nAll data is in ${path}, which sqlite3 can read.`);
