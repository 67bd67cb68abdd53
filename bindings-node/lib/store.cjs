'use strict';

const native = require('./native.cjs');
const { callback, invalid, options } = require('./options.cjs');

const METHODS = ['get', 'scan', 'commit'];

function checked(store) {
  const missing = METHODS.find((name) => typeof store?.[name] !== 'function');
  if (missing === undefined) return store;
  throw invalid('store', `must be a URL or a store, and a store has a method \`${missing}\``);
}

/** What a store threw, in words: anything can be thrown, also what is no string and can't be made one. */
function described(thrown) {
  try {
    return { code: String(thrown?.code), message: `the store threw ${String(thrown)}` };
  } catch {
    return { code: '', message: 'the store threw what can not be shown' };
  }
}

/**
 * The way from the native half to stores in JavaScript: `make` gives the one of a number that is met for the first time,
 * and `reopen` one that holds what a store before it kept.
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
 * Holds a store to every law that the core counts on; `make` makes an empty one. With `reopen`, which is handed a store that
 * is not used any more and opens what it kept, a store is held to the laws of reopening too. Answers which it broke.
 */
async function conformance(make, given) {
  if (typeof make !== 'function') throw invalid('make', 'must be a function that makes an empty store');
  const reopen = callback('reopen', options(given, ['reopen']).reopen);
  return native.conformance(link(make, reopen), reopen !== undefined);
}

module.exports = { conformance, link };
