'use strict';

const errors = require('./errors.cjs');

/** Creates the JavaScript error for an error of the native half, so that its stack must lead to the caller. */
function thrown(error) {
  const { failure, message } = error;
  return failure === undefined ? error : new errors[`${failure.kind}Error`]({ message, ...failure });
}

module.exports = { thrown };
