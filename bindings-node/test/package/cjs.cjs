// What a program that requires the package gets, from an installed tarball.

const assert = require('node:assert/strict');
const { Fleet, FleetError, NotFoundError } = require('fleet-core');

(async () => {
  const fleet = await Fleet.open('memory:');
  const { id } = await fleet.console('operator').createAccount('alice@example.com');
  await assert.rejects(fleet.console(id).product(94).get(), (error) => {
    return error instanceof NotFoundError && error instanceof FleetError && error.code === 'not_found';
  });
  await fleet.close();
  // Both entries share one package: an error class of one is that of the other.
  assert.equal((await import('fleet-core')).NotFoundError, NotFoundError);
  console.log('required: ok');
})();
