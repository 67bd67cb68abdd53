// The same types for a program that requires the package.

import fleetCore = require('fleet-core');

export async function use(): Promise<number> {
  const fleet: fleetCore.Fleet = await fleetCore.Fleet.open('memory:');
  const { devices } = await fleet.console(1).product(94).summary();
  await fleet.close();
  return devices;
}
