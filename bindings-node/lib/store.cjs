'use strict';

const native = require('./native.cjs');
const { InvalidError } = require('./errors.cjs');

const METHODS = ['get', 'scan', 'commit'];

function checked(store) {
  const missing = METHODS.find((name) => typeof store?.[name] !== 'function');
  if (missing === undefined) return store;
  const problem = `is to be a URL or a store, and a store has a method \`${missing}\``;
  const failure = { message: `store: ${problem}`, code: 'invalid', isTransient: false };
  throw new InvalidError({ ...failure, context: { field: 'store', problem } });
}

/** The way from the native half to stores in JavaScript: `make` gives the one of a number that is met for the first time. */
function link(make) {
  const stores = [checked(make())];
  const answers = new native.StoreLink(async (ticket, number, method, question) => {
    try {
      const store = (stores[number] ??= checked(make()));
      answers.answer(ticket, await store[method](question));
    } catch (error) {
      answers.fail(ticket, String(error?.code), `the store threw ${error}`);
    }
  });
  return answers;
}

/** Holds a store to every law that the core counts on; `make` makes an empty one. Answers which it broke. */
async function conformance(make) {
  return native.conformance(link(make));
}

module.exports = { conformance, link };
