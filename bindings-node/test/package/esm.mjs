// What a program that imports the package gets, from an installed tarball.

import assert from 'node:assert/strict';
import { Fleet, InvalidError } from 'fleet-core';

const fleet = await Fleet.open('memory:');
await assert.rejects(fleet.console('operator').createAccount('alice'), InvalidError);
const { email } = await fleet.console('operator').createAccount('alice@example.com');
assert.equal(email, 'alice@example.com');
await fleet.close();
console.log('imported: ok');
