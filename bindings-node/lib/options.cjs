'use strict';

const { InvalidError } = require('./errors.cjs');

/** What is thrown for an argument that only JavaScript looks at. */
function invalid(field, problem) {
  const failure = { message: `${field}: ${problem}`, code: 'invalid', isTransient: false };
  return new InvalidError({ ...failure, context: { kind: 'invalid', field, problem } });
}

/**
 * The options of a call. Only those that are `known` may be there: one that is misspelt would be left out without a word.
 * Where none are named, the native half looks at them.
 */
function options(given, known) {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid('options', 'must be an object');
  const unknown = known && Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid('options', `\`${unknown}\` is not among those that there are: ${known.join(', ')}`);
  }
  return given;
}

/** An option that is a function, or nothing. */
function callback(name, given) {
  if (given !== undefined && given !== null && typeof given !== 'function') throw invalid(name, 'must be a function');
  return given ?? undefined;
}

/** An option that is an `AbortSignal`, or nothing. */
function abortSignal(given) {
  if (given === undefined || given === null) return undefined;
  if (typeof given.aborted !== 'boolean' || typeof given.addEventListener !== 'function') {
    throw invalid('signal', 'must be an AbortSignal');
  }
  return given;
}

module.exports = { abortSignal, callback, invalid, options };
