// Every operation that the languages share exists, named in JavaScript's style.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as entry from 'fleet-core';

const require = createRequire(import.meta.url);
const native = require('../lib/native.cjs');
const doors = require('../lib/doors.cjs');

const types = readFileSync(new URL('../index.d.cts', import.meta.url), 'utf8');

/** Methods besides the operations: opening doors and handles, hot calls on the event loop, closing a fleet. */
const OWN = {
  Clock: [],
  Console: ['product'],
  CustomerConsole: [],
  DeviceConsole: [],
  Fleet: ['console', 'portal', 'gateway', 'clock', 'close', 'closeWithin'],
  Gateway: ['connectSync', 'connectManySync'],
  Portal: [],
  ProductConsole: ['device', 'customer'],
};

/** What every class has, and every handle inherits. */
const INHERITED = ['constructor', 'toString'];

function shared(door) {
  const operations = native.operations().filter(([of]) => of === door);
  assert.ok(operations.length > 1, `the table has no operations of ${door}`);
  return operations.map(([, operation]) => operation);
}

/** The methods that a class has in the .d.cts. */
function declared(door) {
  const [, body] = types.match(new RegExp(`export declare class ${door} \\{\\n(.*?)\\n\\}`, 's'));
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method).filter((name) => !INHERITED.includes(name));
}

for (const [door, own] of Object.entries(OWN)) {
  test(`${door} has every operation, in the code and in its types`, () => {
    const wanted = [...shared(door), ...own].sort();
    const methods = Object.getOwnPropertyNames(doors[door].prototype).filter((name) => name !== 'constructor');
    assert.deepEqual(methods.sort(), wanted);
    assert.deepEqual(declared(door).sort(), wanted);
  });

  test(`each operation of ${door} has a native method of the same name`, () => {
    const half = Object.getOwnPropertyNames(native[door].prototype);
    // A connect is passed as numbers.
    const missing = shared(door).filter((operation) => !half.includes(operation) && operation !== 'connect');
    assert.deepEqual(missing, []);
  });
}

test('every kind of failure has a class, in both entries', () => {
  const classes = native.failureKinds().map((kind) => `${kind}Error`);
  assert.ok(classes.length > 20);
  for (const name of ['FleetError', ...classes]) {
    assert.ok(entry[name] === entry.FleetError || entry[name]?.prototype instanceof entry.FleetError, name);
  }
  // Later versions of Node add one more name to a required module.
  const imported = Object.keys(entry).filter((name) => name !== 'module.exports');
  assert.deepEqual(imported.sort(), Object.keys(require('fleet-core')).sort());
});
