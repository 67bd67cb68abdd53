'use strict';

// Connects as numbers, for the native half's `packed.rs`. Reading a field of an object from Rust costs more than a whole
// connect in memory, so the fields are read here, where it costs next to nothing.
//
// A report is 8 numbers: which fields it has, product, version, securityCounter, session, reportedAt, and where among
// `names` its platform and its system are. `texts` is the ids of all devices, then the hashes that some report.
// An answer is 6 numbers: product, which decision, the directive's sequence, and of the outcome target, result and moment;
// -1 stands for nothing.

const native = require('./native.cjs');

const REPORT = 8;
const ANSWER = 6;

const PRODUCT = 1;
const VERSION = 2;
const SECURITY_COUNTER = 4;
const REPORTED_AT = 8;
const IMAGE = 16;
const PLATFORM = 32;
const SYSTEM = 64;
const REFUSES_UPDATES = 128;

const FIELDS = new Set([
  'device',
  'product',
  'version',
  'image',
  'platform',
  'system',
  'securityCounter',
  'takesUpdates',
  'session',
  'reportedAt',
]);

const RESULTS = native.updateResults();
const NO_NAMES = [];

function isWhole(number, most) {
  return typeof number === 'number' && number >= 0 && number <= most && Math.floor(number) === number;
}

/** Reports as numbers, in place of those that were there before. */
class Batch {
  texts = '';
  names = NO_NAMES;
  #room = new Float64Array(REPORT * 16);
  #answers = new Float64Array(ANSWER * 16);
  #used = 0;
  #hashes = '';

  get numbers() {
    return this.#room.subarray(0, this.#used);
  }

  get answers() {
    return this.#answers;
  }

  /** Takes these reports. Says whether it could carry each exactly; what it could not is for the general way. */
  pack(reports) {
    const needed = reports.length * REPORT;
    if (this.#room.length < needed) {
      this.#room = new Float64Array(needed);
      this.#answers = new Float64Array(reports.length * ANSWER);
    }
    this.#used = needed;
    this.texts = this.#hashes = '';
    this.names = NO_NAMES;
    for (let index = 0; index < reports.length; index += 1) {
      if (!this.#add(reports[index], index * REPORT)) return false;
    }
    this.texts += this.#hashes;
    return true;
  }

  #add(report, place) {
    if (typeof report !== 'object' || report === null) return false;
    for (const field in report) if (!FIELDS.has(field)) return false;
    const { device, product, version, image, platform, system, securityCounter, takesUpdates, session, reportedAt } =
      report;
    const room = this.#room;
    let has = 0;
    if (typeof device !== 'string' || device.length !== 24) return false;
    this.texts += device;
    if (product != null) {
      if (!isWhole(product, 0xffff_ffff)) return false;
      has |= PRODUCT;
      room[place + 1] = product;
    }
    if (version != null) {
      if (!isWhole(version, 0xffff)) return false;
      has |= VERSION;
      room[place + 2] = version;
    }
    if (securityCounter != null) {
      if (!isWhole(securityCounter, 0xffff_ffff)) return false;
      has |= SECURITY_COUNTER;
      room[place + 3] = securityCounter;
    }
    if (session != null && !isWhole(session, Number.MAX_SAFE_INTEGER)) return false;
    room[place + 4] = session ?? 0;
    if (reportedAt != null) {
      if (!(reportedAt instanceof Date)) return false;
      const moment = reportedAt.getTime();
      if (Number.isNaN(moment)) return false;
      has |= REPORTED_AT;
      room[place + 5] = moment;
    }
    if (image != null) {
      if (typeof image !== 'string' || image.length !== 64) return false;
      has |= IMAGE;
      this.#hashes += image;
    }
    if (platform != null) {
      if (typeof platform !== 'string') return false;
      has |= PLATFORM;
      room[place + 6] = this.#name(platform);
    }
    if (system != null) {
      if (typeof system !== 'string') return false;
      has |= SYSTEM;
      room[place + 7] = this.#name(system);
    }
    if (takesUpdates != null) {
      if (typeof takesUpdates !== 'boolean') return false;
      if (!takesUpdates) has |= REFUSES_UPDATES;
    }
    room[place] = has;
    return true;
  }

  /** Where a name is. They are few in a batch, so they are looked through; many are only slower. */
  #name(name) {
    if (this.names === NO_NAMES) this.names = [];
    const known = this.names.indexOf(name);
    return known === -1 ? this.names.push(name) - 1 : known;
  }
}

/** The answer for a device, from the numbers at `index`. */
function unpack(device, decisions, numbers, index) {
  const place = index * ANSWER;
  const product = numbers[place];
  const decision = decisions[numbers[place + 1]];
  const sequence = numbers[place + 2];
  const target = numbers[place + 3];
  return {
    product: product < 0 ? null : product,
    answer: sequence < 0 ? decision : directed(decision, device.toLowerCase(), sequence),
    outcome:
      target < 0 ? null : { at: new Date(numbers[place + 5]), target, result: RESULTS[numbers[place + 4]] },
  };
}

/** An update for one device, from the decision that many share. */
function directed(decision, device, sequence) {
  return { ...decision, directive: { ...decision.directive, device, sequence } };
}

module.exports = { Batch, unpack };
