'use strict';

const errors = require('./lib/errors.cjs');
const { Fleet } = require('./lib/doors.cjs');
const { conformance } = require('./lib/store.cjs');

module.exports = { Fleet, conformance, ...errors };
