'use strict';

const { inspect } = require('node:util');
const { invalid } = require('./options.cjs');

/**
 * A value that holds a secret in this field. It is not written out: `console.log` hides the secret, and `JSON.stringify`
 * refuses, for what is logged or stored is read by others. The field itself is there for who needs it.
 */
function hiding(value, name, field) {
  const shown = () => ({ ...value, [field]: '<hidden>' });
  const refused = () => {
    throw invalid('value', `\`${name}\` holds a secret and is not written out; hand on \`${field}\` by itself`);
  };
  return Object.defineProperties(value, {
    [inspect.custom]: { value: shown, configurable: true },
    toJSON: { value: refused, configurable: true },
  });
}

/** A subscription, whose address is a secret where it is a webhook's. */
function subscription(value) {
  if (value.to.kind === 'webhook') hiding(value.to, 'Webhook', 'url');
  return value;
}

/** A charge, whose card is a secret. */
function charge(value) {
  if (value.card !== null) hiding(value.card, 'ChargedCard', 'token');
  return value;
}

module.exports = { charge, hiding, subscription };
