// Runs the scenarios of `spec/`, each on a fresh fleet in every kind of store. The format: spec/README.md.

import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fleet, FleetError } from 'fleet-core';
import { COMMANDS } from './commands.mjs';
import { differences } from './compare.mjs';
import { Malformed, START, moment } from './values.mjs';

/** A PostgreSQL server, if there is one. Each scenario has its own schema there. */
const server = process.env.FLEET_POSTGRES;
let schemas = 0;

/** The stores, and whether hot calls run on the event loop or on the pool: every scenario runs each way. */
export const STORES = {
  memory: { sync: true, url: () => 'memory:' },
  // Scenarios do not test what is on the disk after a power cut.
  sqlite: { sync: false, url: (folder) => `sqlite:${join(folder, 'fleet.db')}?synchronous=normal` },
  ...(server && { postgres: { sync: false, url: () => `${server}?schema=node_${process.pid}_${schemas++}` } }),
};

const FILE = ['version', 'name', 'rules', 'why', 'catalogue', 'given', 'scenarios'];
const SCENARIO = ['name', 'rules', 'steps'];
/** Rewrites an error's message with the argument's name as the scenarios write it. */
function spelt({ message, field }) {
  if (typeof field !== 'string' || !message.startsWith(field)) return message;
  const snake = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return snake + message.slice(field.length);
}

const STEP = ['do', 'at', 'as', 'expect', 'error', 'message', 'save'];

function allow(location, object, fields) {
  const unknown = Object.keys(object).filter((field) => !fields.includes(field));
  if (unknown.length > 0) throw new Malformed(`${location}: there is no field \`${unknown.join('`, `')}\``);
}

/** Lists the files of a path: itself, or every .json under it. */
function files(path) {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const found = join(path, entry.name);
    if (entry.isDirectory()) return files(found);
    return entry.name.endsWith('.json') ? [found] : [];
  });
}

/** Reads a file strictly, so that a step with a misspelt argument cannot pass. */
function read(path) {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  if (file.version !== 1) throw new Malformed(`version ${file.version} of the format is not supported`);
  allow('the file', file, FILE);
  (file.given ?? []).forEach((step, index) => check(`given ${index + 1}`, step));
  for (const scenario of file.scenarios) {
    allow(`scenario ${scenario.name}`, scenario, SCENARIO);
    scenario.steps.forEach((step, index) => check(`${scenario.name}: step ${index + 1}`, step));
  }
  return file;
}

function check(location, step) {
  const command = COMMANDS.get(step.do);
  if (command === undefined) throw new Malformed(`${location}: there is no command \`${step.do}\``);
  const takes = command.door === 'portal' ? ['token', ...command.takes] : command.takes;
  allow(`${location}, ${step.do}`, step, [...STEP, ...takes.map((argument) => argument.replace('?', ''))]);
  for (const argument of takes) {
    if (!argument.endsWith('?') && step[argument] == null) {
      throw new Malformed(`${location}, ${step.do}: \`${argument}\` is missing`);
    }
  }
  if ((command.door === 'console') !== (step.as !== undefined)) {
    throw new Malformed(`${location}, ${step.do}: \`as\` is required for consoles, and only for them`);
  }
}

/** The values that a scenario keeps between its steps. */
class World {
  #fleet;
  #sync;
  #now = new Date(START);
  #saved = new Map();

  constructor(fleet, sync) {
    this.#fleet = fleet;
    this.#sync = sync;
  }

  /** Carries out a step. Returns the differences from the expected answer. */
  async step(step) {
    if (step.at !== undefined) this.#now = moment(step.at);
    const { do: name, at, as: actor, expect, error: code, message = '', save, ...given } = step;
    let found;
    try {
      found = await this.#ask(COMMANDS.get(name), actor, this.#filled(given));
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      if (code === undefined) return [`answer: expected one, found the error \`${error.code}\`: ${error.message}`];
      if (error.code !== code) return [`error: expected \`${code}\`, found \`${error.code}\`: ${error.message}`];
      return spelt(error).includes(message) ? [] : [`message: expected ${message} in ${error.message}`];
    }
    if (code !== undefined) return [`error: expected \`${code}\`, found the answer ${JSON.stringify(found)}`];
    if (save !== undefined) this.#saved.set(save, found);
    return differences('answer', this.#filled(expect ?? {}), found);
  }

  async #ask({ door, about, ask, answer }, actor, { ...given }) {
    for (const name of Object.keys(given)) if (given[name] === null) delete given[name];
    if (given.owner !== undefined) given.owner = this.#account(given.owner);
    let opened = this.#door(door, actor, given.token);
    for (const kind of about) {
      opened = opened[kind](given[kind]);
      delete given[kind];
    }
    return answer(await ask(opened, given, { sync: this.#sync, now: this.#now }));
  }

  #door(door, actor, token) {
    switch (door) {
      case 'console':
        return this.#fleet.console(actor === 'operator' ? actor : this.#account(actor), this.#now);
      case 'portal':
        return this.#fleet.portal(token, this.#now);
      case 'gateway':
        return this.#fleet.gateway(this.#now);
      case 'clock':
        return this.#fleet.clock(this.#now);
      default:
        return this.#fleet;
    }
  }

  #account(name) {
    return this.#look(`${name}.id`);
  }

  /** Replaces the references in a value. */
  #filled(value) {
    if (typeof value === 'string' && value.startsWith('$')) return this.#look(value.slice(1));
    if (Array.isArray(value)) return value.map((item) => this.#filled(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#filled(item)]));
  }

  #look(path) {
    const [name, ...parts] = path.split('.');
    const found = parts.reduce((value, part) => value?.[part], this.#saved.get(name));
    if (found === undefined) throw new Malformed(`\`$${path}\` was not saved`);
    return found;
  }
}

/** Runs one scenario up to its first failed step, because the steps after it would show nothing. */
async function runScenario(file, scenario, { sync, url }) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-spec-'));
  const fleet = await Fleet.open(url(folder), { tiers: file.catalogue });
  try {
    const world = new World(fleet, sync);
    for (const [index, step] of [...(file.given ?? []), ...scenario.steps].entries()) {
      const problem = await world.step(step);
      if (problem.length > 0) return `step ${index + 1} (given counted), ${step.do}\n    ${problem.join('\n    ')}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Malformed ? error.message : error.stack;
  } finally {
    await fleet.close();
    rmSync(folder, { recursive: true });
  }
}

/** Runs a file, or every .json under a folder. Prints each failure, and returns how many passed and failed. */
export async function run(path, print = console.log, stores = STORES) {
  const counts = { passed: 0, failed: 0 };
  const fail = (what, why) => {
    counts.failed += 1;
    print(`${what}: ${why}`);
  };
  for (const name of files(path)) {
    let file;
    try {
      file = read(name);
    } catch (error) {
      fail(name, error.message);
      continue;
    }
    for (const scenario of file.scenarios) {
      for (const [store, how] of Object.entries(stores)) {
        const problem = await runScenario(file, scenario, how);
        if (problem === undefined) counts.passed += 1;
        else fail(`${name}: ${scenario.name} [${store}]`, problem);
      }
    }
  }
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await run(process.argv[2]);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
