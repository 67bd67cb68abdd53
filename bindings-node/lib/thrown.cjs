'use strict';

const errors = require('./errors.cjs');

/** What is thrown for an error of the native half: made here, so that its stack leads to the caller. */
function thrown(error) {
  const { failure, message } = error;
  return failure === undefined ? error : new errors[`${failure.kind}Error`]({ message, ...failure });
}

module.exports = { thrown };
