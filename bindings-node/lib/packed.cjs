'use strict';

// Passes connects as numbers to the native half's `packed.rs`. Reading a field of an object from Rust costs more than a
// whole connect in memory. Here it costs almost nothing.
//
// A report is 9 numbers: the set of its fields, product, version, securityCounter, session, reportedAt, the indices of
// its platform and its system in `names`, and chipRevision. `texts` holds the ids of all devices, then the hashes that
// some report. An answer is 6 numbers: product, decision, the directive's sequence, and the outcome's target, result
// and moment; -1 means that a value is absent.

const native = require('./native.cjs');

const REPORT = 9;
const ANSWER = 6;

const PRODUCT = 1;
const VERSION = 2;
const SECURITY_COUNTER = 4;
const REPORTED_AT = 8;
const IMAGE = 16;
const PLATFORM = 32;
const SYSTEM = 64;
const REFUSES_UPDATES = 128;
const CHIP_REVISION = 256;

/** All fields of a report. */
const FIELDS = new Set([
  'device',
  'product',
  'version',
  'image',
  'platform',
  'system',
  'securityCounter',
  'chipRevision',
  'takesUpdates',
  'session',
  'reportedAt',
]);

/** The first and the last valid moment, in the years 0 and 9999. Other moments use the general path. */
const FIRST = Date.UTC(-1, 11, 31, 24);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An unpaired surrogate, which no Unicode text contains. */
const HALF = /\p{Surrogate}/u;

/** Batches larger than this use the general path, which checks each report before it allocates. */
const MOST = 1_000_000;

const RESULTS = native.updateResults();
const NO_NAMES = [];

function isWhole(number, most) {
  return typeof number === 'number' && number >= 0 && number <= most && Math.floor(number) === number;
}

/**
 * Whether a report has no unknown field, given the number of known ones found. Counting is cheaper than looking up each
 * name.
 */
function hasOnly(report, known) {
  let fields = 0;
  for (const _ in report) fields += 1;
  return fields === known || Object.keys(report).every((field) => FIELDS.has(field));
}

/** A buffer of reports as numbers. Each batch replaces the previous one. */
class Batch {
  texts = '';
  names = NO_NAMES;
  numbers = new Float64Array(REPORT * 16);
  answers = new Float64Array(ANSWER * 16);
  #hashes = '';
  #isBusy = false;

  /**
   * Packs these reports. Returns whether each could be represented exactly; otherwise the caller uses the general path.
   */
  pack(reports) {
    // Reading a field may run a caller's getter, which may call `connect`.
    if (this.#isBusy) return false;
    this.#isBusy = true;
    try {
      return this.#pack(reports);
    } finally {
      this.#isBusy = false;
    }
  }

  #pack(reports) {
    if (reports.length > MOST) return false;
    if (this.numbers.length < reports.length * REPORT) {
      this.numbers = new Float64Array(reports.length * REPORT);
      this.answers = new Float64Array(reports.length * ANSWER);
    }
    this.texts = this.#hashes = '';
    this.names = NO_NAMES;
    for (let index = 0; index < reports.length; index += 1) {
      if (!this.#add(reports[index], index * REPORT)) return false;
    }
    this.texts += this.#hashes;
    return true;
  }

  #add(report, offset) {
    if (typeof report !== 'object' || report === null) return false;
    const { device, product, version, image, platform, system, securityCounter, chipRevision } = report;
    const { takesUpdates, session, reportedAt } = report;
    const { numbers } = this;
    let has = 0;
    let known = 1;
    if (typeof device !== 'string' || device.length !== 24) return false;
    this.texts += device;
    if (product != null) {
      known += 1;
      if (!isWhole(product, 0xffff_ffff)) return false;
      has |= PRODUCT;
      numbers[offset + 1] = product;
    }
    if (version != null) {
      known += 1;
      if (!isWhole(version, 0xffff)) return false;
      has |= VERSION;
      numbers[offset + 2] = version;
    }
    if (securityCounter != null) {
      known += 1;
      if (!isWhole(securityCounter, 0xffff_ffff)) return false;
      has |= SECURITY_COUNTER;
      numbers[offset + 3] = securityCounter;
    }
    if (chipRevision != null) {
      known += 1;
      if (!isWhole(chipRevision, 0xffff)) return false;
      has |= CHIP_REVISION;
      numbers[offset + 8] = chipRevision;
    }
    numbers[offset + 4] = 0;
    if (session != null) {
      known += 1;
      if (!isWhole(session, Number.MAX_SAFE_INTEGER)) return false;
      numbers[offset + 4] = session;
    }
    if (reportedAt != null) {
      known += 1;
      if (!(reportedAt instanceof Date)) return false;
      const moment = reportedAt.getTime();
      if (!(moment >= FIRST && moment <= LAST)) return false;
      has |= REPORTED_AT;
      numbers[offset + 5] = moment;
    }
    if (image != null) {
      known += 1;
      if (typeof image !== 'string' || image.length !== 64) return false;
      has |= IMAGE;
      this.#hashes += image;
    }
    if (platform != null) {
      known += 1;
      if (typeof platform !== 'string' || HALF.test(platform)) return false;
      has |= PLATFORM;
      numbers[offset + 6] = this.#name(platform);
    }
    if (system != null) {
      known += 1;
      if (typeof system !== 'string' || HALF.test(system)) return false;
      has |= SYSTEM;
      numbers[offset + 7] = this.#name(system);
    }
    if (takesUpdates != null) {
      known += 1;
      if (typeof takesUpdates !== 'boolean') return false;
      if (!takesUpdates) has |= REFUSES_UPDATES;
    }
    numbers[offset] = has;
    return hasOnly(report, known);
  }

  /** Returns the index of a name. A batch has few names, so they are searched linearly; many are only slower. */
  #name(name) {
    if (this.names === NO_NAMES) this.names = [];
    const known = this.names.indexOf(name);
    return known === -1 ? this.names.push(name) - 1 : known;
  }
}

/** Returns the answer to the report at `index` of a batch with these texts. */
function unpack(texts, decisions, numbers, index) {
  const offset = index * ANSWER;
  const product = numbers[offset];
  const decision = decisions[numbers[offset + 1]];
  const sequence = numbers[offset + 2];
  const target = numbers[offset + 3];
  return {
    product: product < 0 ? null : product,
    answer: sequence < 0 ? dated(decision) : directed(decision, texts.slice(index * 24, index * 24 + 24), sequence),
    outcome:
      target < 0 ? null : { at: new Date(numbers[offset + 5]), target, result: RESULTS[numbers[offset + 4]] },
  };
}

/** Returns the answers to a batch with these texts. */
function unpackAll(count, texts, decisions, numbers) {
  const answers = [];
  for (let index = 0; index < count; index += 1) answers.push(unpack(texts, decisions, numbers, index));
  return answers;
}

/**
 * A decision that many answers share, except for a `Date` in it: a `Date` cannot be frozen, so each answer gets its
 * own.
 */
function dated(decision) {
  return decision.since == null ? decision : { ...decision, since: new Date(decision.since) };
}

/** Makes the update for one device from the shared decision. */
function directed(decision, device, sequence) {
  return { ...decision, directive: { ...decision.directive, device: device.toLowerCase(), sequence } };
}

module.exports = { Batch, unpackAll };
