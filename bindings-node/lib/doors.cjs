'use strict';

const native = require('./native.cjs');
const { CancelledError } = require('./errors.cjs');
const { Batch, unpackAll } = require('./packed.cjs');
const { Pages } = require('./pages.cjs');
const { link } = require('./store.cjs');
const { thrown } = require('./thrown.cjs');

/** Asks a door's native half. Async, so that a wrong argument rejects too, and the stack of an error leads here. */
let ask;

/** The same on the event loop itself. */
let askSync;

/** The native half of a door. */
let half;

/** What every door has: its native half, which callers do not see. */
class Door {
  #native;

  constructor(half) {
    this.#native = half;
  }

  static {
    half = (door) => door.#native;
    ask = async (door, operation, ...given) => {
      try {
        return await door.#native[operation](...given);
      } catch (error) {
        throw thrown(error);
      }
    };
    askSync = (door, operation, ...given) => {
      try {
        return door.#native[operation](...given);
      } catch (error) {
        throw thrown(error);
      }
    };
  }
}

/** The door for people. */
class Console extends Door {
  auditLog(product, { after, limit } = {}) {
    return new Pages((from) => ask(this, 'auditLog', product, from, limit), after);
  }

  customers(product, { after, limit, ...filter } = {}) {
    return new Pages((from) => ask(this, 'customers', product, filter, from, limit), after);
  }

  accountAuditLog(account, { after, limit } = {}) {
    return new Pages((from) => ask(this, 'accountAuditLog', account, from, limit), after);
  }

  betaGuests(product, { after, limit } = {}) {
    return new Pages((from) => ask(this, 'betaGuests', product, from, limit), after);
  }

  devices(product, { after, limit, ...filter } = {}) {
    return new Pages((from) => ask(this, 'devices', product, filter, from, limit), after);
  }

  claimedDevices({ after, limit } = {}) {
    return new Pages((from) => ask(this, 'claimedDevices', from, limit), after);
  }

  async importWatched(product, list, { onProgress, signal } = {}) {
    let problem;
    const goesOn = (progress) => {
      try {
        onProgress?.(progress);
        return !signal?.aborted;
      } catch (error) {
        problem = { error };
        return false;
      }
    };
    try {
      return await ask(this, 'importWatched', product, list, signal?.aborted ?? false, goesOn);
    } catch (error) {
      if (problem !== undefined) throw problem.error;
      if (signal?.aborted && error instanceof CancelledError) error.cause = signal.reason;
      throw error;
    }
  }

  invoices(product, { after, limit } = {}) {
    return new Pages((from) => ask(this, 'invoices', product, from, limit), after);
  }

  accountInvoices(account, { after, limit } = {}) {
    return new Pages((from) => ask(this, 'accountInvoices', account, from, limit), after);
  }

  async subscribe(product, to, { prefix, device } = {}) {
    return ask(this, 'subscribe', product, to, prefix, device);
  }

  events(product, { before, limit, device, prefix } = {}) {
    return new Pages((from) => ask(this, 'events', product, device, prefix, from, limit), before);
  }

  async followEvents(product, { after, limit } = {}) {
    return ask(this, 'followEvents', product, after, limit);
  }

  async eventStream(product) {
    return new EventStream(this, await ask(this, 'eventStream', product));
  }

  async readEventStream(stream, { limit } = {}) {
    return ask(this, 'readEventStream', half(stream), limit);
  }
}

/** So long a walk over a stream waits at a time, in milliseconds: it ends that long after its loop was left at most. */
const WAIT = 500;

/** The events of a product that this process publishes. */
class EventStream extends Door {
  #console;

  constructor(console, native) {
    super(native);
    this.#console = console;
  }

  get start() {
    return half(this).start;
  }

  async wait(milliseconds) {
    return ask(this, 'wait', milliseconds);
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const { items } = await this.#console.readEventStream(this, { limit: 1000 });
      yield* items;
      if (items.length === 0) await this.wait(WAIT);
    }
  }
}

/** A product's meter. */
class Meter extends Door {
  async admit() {
    return ask(this, 'admit');
  }

  async admitMany(want) {
    return ask(this, 'admitMany', want);
  }

  admitSync() {
    return askSync(this, 'admitSync');
  }

  admitManySync(want) {
    return askSync(this, 'admitManySync', want);
  }
}

/** The customers' door. */
class Portal extends Door {}

/** Reports on their way. One is enough: nothing else runs between the packing of reports and their reading. */
const batch = new Batch();

/** The devices' door. */
class Gateway extends Door {
  /** What is decided in answers that were given on the event loop, by number. */
  #decisions = [];

  async connect(report) {
    const [connected] = await this.#connect([report]);
    return connected;
  }

  async connectMany(reports) {
    return this.#connect(reports);
  }

  connectSync(report) {
    return this.#connectSync([report])[0];
  }

  connectManySync(reports) {
    return this.#connectSync(reports);
  }

  async #connect(reports) {
    if (Array.isArray(reports) && batch.pack(reports)) {
      const { numbers, texts, names } = batch;
      const { length } = reports;
      const packed = await ask(this, 'connectPacked', numbers, length, texts, names);
      if (packed !== null) return unpackAll(length, texts, packed.decisions, packed.numbers);
    }
    return ask(this, 'connectMany', reports);
  }

  #connectSync(reports) {
    if (Array.isArray(reports) && batch.pack(reports)) {
      const { numbers, texts, names, answers } = batch;
      const { length } = reports;
      if (askSync(this, 'connectPackedSync', numbers, length, texts, names, this.#decisions, answers)) {
        return unpackAll(length, texts, this.#decisions, answers);
      }
    }
    return askSync(this, 'connectManySync', reports);
  }

  async disconnect(device, { product, session, endedAt } = {}) {
    return ask(this, 'disconnect', device, product, session, endedAt);
  }
}

/** The door for time. */
class Clock extends Door {
  async due({ limit } = {}) {
    return ask(this, 'due', limit);
  }

  async advance({ limit } = {}) {
    return ask(this, 'advance', limit);
  }
}

/** A fleet of connected devices, behind a store. */
class Fleet extends Door {
  static async open(store, options = {}) {
    try {
      if (typeof store === 'string') return new Fleet(await native.Fleet.open(store, options));
      return new Fleet(native.Fleet.openStore(link(() => store), options));
    } catch (error) {
      throw thrown(error);
    }
  }

  console(actor, now) {
    const half = actor === 'operator' ? askSync(this, 'operator', now) : askSync(this, 'console', actor, now);
    return new Console(half);
  }

  portal(token, now) {
    return new Portal(askSync(this, 'portal', token, now));
  }

  gateway(now) {
    return new Gateway(askSync(this, 'gateway', now));
  }

  clock(now) {
    return new Clock(askSync(this, 'clock', now));
  }

  pendingCharges({ after, limit } = {}) {
    return new Pages((from) => ask(this, 'pendingCharges', from, limit), after);
  }

  async meter(product, now) {
    return new Meter(await ask(this, 'meter', product, now));
  }

  pendingNotices({ after, limit } = {}) {
    return new Pages((from) => ask(this, 'pendingNotices', from, limit), after);
  }

  async query(sql, { limit } = {}) {
    return ask(this, 'query', sql, limit);
  }

  async close() {
    await ask(this, 'close');
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

const doors = { Clock, Console, Fleet, Gateway, Portal };

// The operations that need no words of their own here.
for (const [name, operation] of native.operations()) {
  const door = doors[name].prototype;
  if (Object.hasOwn(door, operation)) continue;
  const { [operation]: value } = {
    async [operation](...given) {
      return ask(this, operation, ...given);
    },
  };
  Object.defineProperty(door, operation, { value, configurable: true, writable: true });
}

module.exports = doors;
