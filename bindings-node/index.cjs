'use strict';

const errors = require('./lib/errors.cjs');
const { Fleet } = require('./lib/doors.cjs');

module.exports = { Fleet, ...errors };
