'use strict';

const { classes } = require('./lib/errors.cjs');
const { Fleet } = require('./lib/doors.cjs');

module.exports = { Fleet, ...classes };
