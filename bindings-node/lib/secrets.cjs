'use strict';

const { inspect } = require('node:util');
const { invalid } = require('./options.cjs');

/**
 * Creates the constructor that values with a secret name. When `structuredClone` and `postMessage` refuse a value,
 * their error contains its constructor's name, so that name is the message for people.
 */
const [Secret] = Object.values({
  'value that holds a secret and is not serialised: pass on the secret itself where it is needed'() {},
});

/**
 * A value with a secret in this field. It is not serialised, because others read what is logged, stored or sent:
 * `console.log` hides the secret; `JSON.stringify`, `structuredClone` and `postMessage` refuse. Code that needs the
 * secret reads the field.
 */
function hiding(value, name, field) {
  const shown = () => ({ ...value, [field]: '<hidden>' });
  const refused = () => {
    throw invalid('value', `\`${name}\` holds a secret and is not serialised; pass on \`${field}\` itself`);
  };
  Object.defineProperties(value, {
    constructor: { value: Secret, configurable: true },
    [inspect.custom]: { value: shown, configurable: true },
    toJSON: { value: refused, configurable: true },
  });
  // A proxy, because every other object with readable fields can be cloned.
  return new Proxy(value, {});
}

/** A subscription. Its address is a secret if it is a webhook's. */
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

/** A parsed list of guests: the line of an invited guest has the guest's code. */
function report(value) {
  const line = (read) => (read.code === null ? read : hiding(read, 'BetaLine', 'code'));
  return { ...value, lines: value.lines.map(line) };
}

module.exports = { charge, guest, hiding, report, subscription };
