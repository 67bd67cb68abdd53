// Converts values between the scenarios' form and JavaScript's.

import { readFileSync } from 'node:fs';
import { normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const VECTORS = fileURLToPath(new URL('../../../fleet-core/tests/vectors/', import.meta.url));

/** A step that cannot be carried out, as opposed to one that the library refuses. */
export class Malformed extends Error {}

/** The start, from which seconds count. */
export const START = Date.parse('2016-03-08T12:00:00Z');

/** A moment: RFC 3339, or whole seconds after the start. */
export function moment(value) {
  if (Number.isSafeInteger(value) && value >= 0) return new Date(START + value * 1000);
  const at = typeof value === 'string' ? new Date(value) : undefined;
  if (at === undefined || Number.isNaN(at.getTime())) throw new Malformed(`${JSON.stringify(value)} is not a moment`);
  return at;
}

const camelCase = (name) => name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const snakeCase = (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** RFC 3339, with a fraction of a second only if it is not zero. */
function rfc3339(at) {
  return at.toISOString().replace(/\.(\d*?)0*Z$/, (_, digits) => (digits === '' ? 'Z' : `.${digits}Z`));
}

/** Converts an answer to the scenarios' form: names in snake_case, moments in RFC 3339. */
export function spelt(answer) {
  if (answer instanceof Date) return rfc3339(answer);
  if (Array.isArray(answer)) return answer.map(spelt);
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [snakeCase(name), spelt(value)]));
}

/** Converts a scenario's argument to the binding's form: names in camelCase. */
export function handed(fields, { moments = [] } = {}) {
  const entries = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [camelCase(name), moments.includes(name) ? moment(value) : value]),
  );
}

/** Fields whose text may be written as a repeated one. */
export function texts(fields) {
  const text = (value) => (typeof value?.repeat === 'string' ? value.repeat.repeat(value.times) : value);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value)]));
}

/** The only field of an object that stands for one of several records. */
export function only(object, kinds) {
  const [[kind, value] = [], ...more] = Object.entries(object);
  if (more.length > 0 || !kinds.includes(kind)) throw new Malformed(`${JSON.stringify(object)} is none of ${kinds}`);
  return [kind, value];
}

/** A file under `fleet-core/tests/vectors`, and nothing outside of it. */
function vector(name) {
  const path = normalize(name);
  if (path.startsWith('..') || path.startsWith(sep)) throw new Malformed(`${name} is not under fleet-core/tests/vectors`);
  return readFileSync(VECTORS + path);
}

/** The given number of ids in ascending order, one a line. */
function run({ first, count }) {
  const start = BigInt(`0x${first}`);
  const id = (_, step) => `${(start + BigInt(step)).toString(16).padStart(24, '0')}\n`;
  return Array.from({ length: count }, id).join('');
}

/** A list to import. */
export function list(given) {
  const [kind, value] = only(given, ['text', 'bytes', 'file', 'run']);
  if (kind === 'text') return value;
  if (kind === 'bytes') return Uint8Array.from(value);
  return kind === 'file' ? vector(value) : run(value);
}

/** A firmware to upload. */
export function binary(given) {
  const [kind, value] = only(given, ['file', 'bytes', 'patched']);
  if (kind === 'bytes') return Uint8Array.from(value);
  if (kind === 'file') return vector(value);
  const bytes = Uint8Array.from(vector(value.file));
  for (const { at, bytes: patch } of value.patches) {
    if (at + patch.length > bytes.length) throw new Malformed(`a patch at ${at} goes beyond ${value.file}`);
    bytes.set(patch, at);
  }
  return bytes;
}
