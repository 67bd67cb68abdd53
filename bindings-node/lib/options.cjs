'use strict';

const { InvalidError } = require('./errors.cjs');

/** Creates the error for an argument that only JavaScript checks. */
function invalid(field, problem) {
  const failure = { message: `${field}: ${problem}`, code: 'invalid', isTransient: false };
  return new InvalidError({ ...failure, context: { kind: 'invalid', field, problem } });
}

/**
 * Reads the options of a call. Only `known` ones are allowed: a misspelt option would otherwise be ignored silently. If
 * `known` is absent, the native half checks them.
 */
function options(given, known) {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid('options', 'must be an object');
  const unknown = known && Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid('options', `\`${unknown}\` is not a known option; the known options are ${known.join(', ')}`);
  }
  return given;
}

/** Reads an optional function. */
function callback(name, given) {
  if (given !== undefined && given !== null && typeof given !== 'function') throw invalid(name, 'must be a function');
  return given ?? undefined;
}

/** Reads an optional `AbortSignal`. */
function abortSignal(given) {
  if (given === undefined || given === null) return undefined;
  if (typeof given.aborted !== 'boolean' || typeof given.addEventListener !== 'function') {
    throw invalid('signal', 'must be an AbortSignal');
  }
  return given;
}

module.exports = { abortSignal, callback, invalid, options };
