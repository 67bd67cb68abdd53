'use strict';

const { inspect } = require('node:util');
const { invalid } = require('./options.cjs');

/**
 * The constructor that values with a secret name. `structuredClone` and `postMessage` say of what they refuse how its
 * constructor is called, so its name is the sentence for a person.
 */
const [Secret] = Object.values({
  'value that holds a secret and is not written out: hand on the secret by itself where it is needed'() {},
});

/**
 * A value that holds a secret in this field. It is not written out, for what is logged, stored or sent is read by others:
 * `console.log` hides the secret; `JSON.stringify`, `structuredClone` and `postMessage` refuse. The field itself is there
 * for who needs it.
 */
function hiding(value, name, field) {
  const shown = () => ({ ...value, [field]: '<hidden>' });
  const refused = () => {
    throw invalid('value', `\`${name}\` holds a secret and is not written out; hand on \`${field}\` by itself`);
  };
  Object.defineProperties(value, {
    constructor: { value: Secret, configurable: true },
    [inspect.custom]: { value: shown, configurable: true },
    toJSON: { value: refused, configurable: true },
  });
  // A proxy, as nothing else that is read like an object can't be cloned.
  return new Proxy(value, {});
}

/** A subscription, whose address is a secret where it is a webhook's. */
function subscription(value) {
  if (value.to.kind !== 'webhook') return value;
  return { ...value, to: hiding(value.to, 'Webhook', 'url') };
}

/** A charge, whose card is a secret. */
function charge(value) {
  return value.card === null ? value : { ...value, card: hiding(value.card, 'ChargedCard', 'token') };
}

/** A guest of the private beta, whose code is a secret. */
function guest(value) {
  return hiding(value, 'BetaGuest', 'code');
}

/** A list of guests as it was read: a line of one who was invited has their code. */
function report(value) {
  const line = (read) => (read.code === null ? read : hiding(read, 'BetaLine', 'code'));
  return { ...value, lines: value.lines.map(line) };
}

module.exports = { charge, guest, hiding, report, subscription };
