'use strict';

// Loads the native half: the one built here, or the platform package that npm installed beside this one.

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { platform } = require('./platform.cjs');

function load() {
  const name = platform();
  const built = join(__dirname, '..', 'native', `fleet-core.${name}.node`);
  if (existsSync(built)) return require(built);
  try {
    return require(`@fleet-core/${name}`);
  } catch (cause) {
    const advice = `install @fleet-core/${name}, or build it: see "From source" in fleet-core's README`;
    throw new Error(`fleet-core has no native part for ${name}: ${advice}`, { cause });
  }
}

module.exports = load();
