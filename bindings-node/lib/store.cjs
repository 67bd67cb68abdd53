'use strict';

const native = require('./native.cjs');
const { callback, invalid, options } = require('./options.cjs');

const METHODS = ['get', 'scan', 'commit'];

function checked(store) {
  const missing = METHODS.find((name) => typeof store?.[name] !== 'function');
  if (missing === undefined) return store;
  throw invalid('store', `must be a URL or a store; a store has a method \`${missing}\``);
}

/** Describes what a store threw. Anything can be thrown, also a value that is not a string and cannot become one. */
function described(thrown) {
  try {
    return { code: String(thrown?.code), message: `the store threw ${String(thrown)}` };
  } catch {
    return { code: '', message: 'the store threw a value that cannot be shown' };
  }
}

/**
 * Connects the native half to stores in JavaScript: `make` creates the store for a new number, and `reopen` opens the
 * data of an earlier store.
 */
function link(make, reopen) {
  const stores = [checked(make())];
  const opened = async (before) => checked(await (before == null ? make() : reopen(await stores[before])));
  const answers = new native.StoreLink(async (ticket, number, method, question, before) => {
    try {
      const store = await (stores[number] ??= opened(before));
      answers.answer(ticket, await store[method](question));
    } catch (error) {
      const { code, message } = described(error);
      answers.fail(ticket, code, message);
    }
  });
  return answers;
}

/**
 * Checks a store against every law that the core relies on; `make` creates an empty one. With `reopen`, the laws of
 * reopening are checked too: `reopen` receives a store that is no longer used and opens its data again. Returns the
 * broken laws.
 */
async function conformance(make, given) {
  if (typeof make !== 'function') throw invalid('make', 'must be a function that makes an empty store');
  const reopen = callback('reopen', options(given, ['reopen']).reopen);
  return native.conformance(link(make, reopen), reopen !== undefined);
}

module.exports = { conformance, link };
