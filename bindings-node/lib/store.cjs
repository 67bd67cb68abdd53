'use strict';

const native = require('./native.cjs');
const { invalid } = require('./options.cjs');

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

/** The way from the native half to stores in JavaScript: `make` gives the one of a number that is met for the first time. */
function link(make) {
  const stores = [checked(make())];
  const answers = new native.StoreLink(async (ticket, number, method, question) => {
    try {
      const store = (stores[number] ??= checked(make()));
      answers.answer(ticket, await store[method](question));
    } catch (error) {
      const { code, message } = described(error);
      answers.fail(ticket, code, message);
    }
  });
  return answers;
}

/** Holds a store to every law that the core counts on; `make` makes an empty one. Answers which it broke. */
async function conformance(make) {
  if (typeof make !== 'function') throw invalid('make', 'must be a function that makes an empty store');
  return native.conformance(link(make));
}

module.exports = { conformance, link };
