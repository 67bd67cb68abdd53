'use strict';

const { inspect } = require('node:util');
const native = require('./native.cjs');
const { CancelledError } = require('./errors.cjs');
const { abortSignal, callback, invalid, options } = require('./options.cjs');
const { Batch, unpackAll } = require('./packed.cjs');
const { Pages } = require('./pages.cjs');
const { charge, guest, hiding, report, subscription } = require('./secrets.cjs');
const { link } = require('./store.cjs');
const { thrown } = require('./thrown.cjs');

/** Calls a door's native half. Async, so that an invalid argument rejects too, and an error's stack leads here. */
let ask;

/** The same on the event loop. */
let askSync;

/** The native half of a door. */
let half;

/** Runs a read-only call: when the signal aborts, the call is cancelled and its answer no longer awaited. */
async function abortable(signal, call, cancellable) {
  const abort = abortSignal(signal);
  if (abort === undefined) return call();
  abort.throwIfAborted();
  const cancel = new native.Cancel();
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => {
      cancel.cancel();
      reject(abort.reason);
    };
    abort.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([cancellable(cancel), aborted]);
  } finally {
    abort.removeEventListener('abort', stop);
  }
}

/** The options of a paged list. */
const PAGE = ['after', 'limit'];

/** Base class of the doors: holds the native half, hidden from callers. */
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

/** Base class of the handles: a console and an id. They print their ids. */
class Handle extends Door {
  get id() {
    return half(this).id;
  }

  toString() {
    return half(this).text();
  }

  [inspect.custom]() {
    return this.toString();
  }
}

/** A device of a product, as an actor sees it. */
class DeviceConsole extends Handle {}

/** A customer of a product, as an actor sees them. */
class CustomerConsole extends Handle {
  async issueToken(scopes, life) {
    return hiding(await ask(this, 'issueToken', scopes, life), 'IssuedToken', 'token');
  }
}

/** A product, as an actor sees it. */
class ProductConsole extends Handle {
  device(device) {
    return new DeviceConsole(askSync(this, 'device', device));
  }

  customer(customer) {
    return new CustomerConsole(askSync(this, 'customer', customer));
  }

  auditLog(given) {
    return new Pages((from, { limit }) => ask(this, 'auditLog', from, limit), given, PAGE);
  }

  customers(given) {
    return new Pages((from, { limit, ...filter }) => ask(this, 'customers', filter, from, limit), given);
  }

  betaGuests(given) {
    const read = async (from, { limit }) => {
      const page = await ask(this, 'betaGuests', from, limit);
      return { ...page, items: page.items.map(guest) };
    };
    return new Pages(read, given, PAGE);
  }

  async inviteToBeta(list) {
    return report(await ask(this, 'inviteToBeta', list));
  }

  async renewActivationCode(userName) {
    return guest(await ask(this, 'renewActivationCode', userName));
  }

  devices(given) {
    return new Pages((from, { limit, ...filter }) => ask(this, 'devices', filter, from, limit), given);
  }

  async planImport(list, given) {
    const { signal } = options(given, ['signal']);
    const until = (cancel) => ask(this, 'planImportUntil', list, cancel);
    return abortable(signal, () => ask(this, 'planImport', list), until);
  }

  async import(list, given) {
    const { signal } = options(given, ['signal']);
    // Only an import that may be stopped returns to the event loop repeatedly.
    return signal == null ? ask(this, 'import', list) : this.importWatched(list, { signal });
  }

  async importWatched(list, given) {
    const { onProgress, signal } = options(given, ['onProgress', 'signal']);
    const notify = callback('onProgress', onProgress);
    const abort = abortSignal(signal);
    let problem;
    let notified;
    const failed = (error) => {
      problem ??= { error };
    };
    const goesOn = (progress) => {
      try {
        // A rejected promise stops the import as an exception does.
        notified = Promise.all([notified, Promise.resolve(notify?.(progress)).catch(failed)]);
      } catch (error) {
        failed(error);
      }
      return problem === undefined && !abort?.aborted;
    };
    try {
      const report = await ask(this, 'importWatched', list, abort?.aborted ?? false, goesOn);
      // Awaits the last one too.
      await notified;
      if (problem === undefined) return report;
    } catch (error) {
      if (problem === undefined) {
        if (abort?.aborted && error instanceof CancelledError) error.cause = abort.reason;
        throw error;
      }
    }
    throw problem.error;
  }

  invoices(given) {
    return new Pages((from, { limit }) => ask(this, 'invoices', from, limit), given, PAGE);
  }

  async subscribe(to, given) {
    const { prefix, device } = options(given, ['prefix', 'device']);
    return subscription(await ask(this, 'subscribe', to, prefix, device));
  }

  async subscriptions() {
    return (await ask(this, 'subscriptions')).map(subscription);
  }

  events(given) {
    const read = (from, { limit, device, prefix }) => ask(this, 'events', device, prefix, from, limit);
    return new Pages(read, given, ['before', 'limit', 'device', 'prefix']);
  }

  async followEvents(given) {
    const { after, limit } = options(given, PAGE);
    return ask(this, 'followEvents', after, limit);
  }

  async eventStream() {
    return new EventStream(this, await ask(this, 'eventStream'));
  }
}

/** The door for people. */
class Console extends Door {
  product(product) {
    return new ProductConsole(askSync(this, 'product', product));
  }

  accountAuditLog(account, given) {
    return new Pages((from, { limit }) => ask(this, 'accountAuditLog', account, from, limit), given, PAGE);
  }

  claimedDevices(given) {
    return new Pages((from, { limit }) => ask(this, 'claimedDevices', from, limit), given, PAGE);
  }

  accountInvoices(account, given) {
    return new Pages((from, { limit }) => ask(this, 'accountInvoices', account, from, limit), given, PAGE);
  }

  async readEventStream(stream, given) {
    const { limit } = options(given, ['limit']);
    if (!(stream instanceof EventStream)) throw invalid('stream', 'must be a stream that `eventStream` returned');
    return ask(this, 'readEventStream', half(stream), limit);
  }
}

/** Milliseconds that a walk over a stream waits before it checks whether it may still read. */
const WAIT = 60_000;

/** The longest time that a timer of Node accepts. */
const LONGEST = 2 ** 31 - 1;

/** The events of a product that this process publishes. */
class EventStream extends Door {
  #product;

  constructor(product, native) {
    super(native);
    this.#product = product;
  }

  get start() {
    return half(this).start;
  }

  async wait(milliseconds, given) {
    const abort = abortSignal(options(given, ['signal']).signal);
    if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > LONGEST) {
      throw invalid('milliseconds', `must be a whole number from 0 to ${LONGEST}`);
    }
    abort?.throwIfAborted();
    const waiting = half(this).beginWait();
    const stop = () => waiting.stop();
    const timer = setTimeout(stop, milliseconds);
    abort?.addEventListener('abort', stop, { once: true });
    try {
      const isThere = await waiting.ended();
      abort?.throwIfAborted();
      return isThere;
    } finally {
      clearTimeout(timer);
      abort?.removeEventListener('abort', stop);
    }
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const events = await ask(this.#product, 'nextEvents', half(this));
      yield* events;
      if (events.length === 0) await this.wait(WAIT);
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

/** The door for customers. */
class Portal extends Door {
  async askClaimCode() {
    return hiding(await ask(this, 'askClaimCode'), 'ClaimCode', 'code');
  }
}

/**
 * Reports to be sent to the native half. One buffer is enough: no other code runs between packing and reading the
 * reports.
 */
const batch = new Batch();

/** The door for devices. */
class Gateway extends Door {
  /** Decisions in answers that were given on the event loop, by number. */
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

  async disconnect(device, given) {
    const { product, session, endedAt } = options(given, ['product', 'session', 'endedAt']);
    return ask(this, 'disconnect', device, product, session, endedAt);
  }
}

/** The door for time. */
class Clock extends Door {
  async due(given) {
    const { limit } = options(given, ['limit']);
    return ask(this, 'due', limit);
  }

  async advance(given) {
    const { limit } = options(given, ['limit']);
    return ask(this, 'advance', limit);
  }
}

/** A fleet of connected devices, behind a store. */
class Fleet extends Door {
  static async open(store, given) {
    const { onCall, ...rest } = options(given);
    const observe = callback('onCall', onCall);
    // An exception of the callback must not end the process: the call that it is about has ended.
    const notify = observe && ((call) => quietly(observe, call));
    try {
      if (typeof store === 'string') return new Fleet(await native.Fleet.open(store, rest, notify));
      return new Fleet(native.Fleet.openStore(link(() => store), rest, notify));
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

  pendingCharges(given) {
    const read = async (from, { limit }) => {
      const page = await ask(this, 'pendingCharges', from, limit);
      return { ...page, items: page.items.map(charge) };
    };
    return new Pages(read, given, PAGE);
  }

  async meter(product, now) {
    return new Meter(await ask(this, 'meter', product, now));
  }

  pendingNotices(given) {
    return new Pages((from, { limit }) => ask(this, 'pendingNotices', from, limit), given, PAGE);
  }

  async query(sql, given) {
    const { limit, signal } = options(given, ['limit', 'signal']);
    const until = (cancel) => ask(this, 'queryUntil', sql, limit, cancel);
    return abortable(signal, () => ask(this, 'query', sql, limit), until);
  }

  async close() {
    await ask(this, 'close');
  }

  async closeWithin(milliseconds) {
    return ask(this, 'closeWithin', milliseconds);
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

/** Calls a function whose exceptions and rejections concern nobody. */
async function quietly(call, ...given) {
  try {
    await call(...given);
  } catch {
    // Nothing waits for it.
  }
}

const doors = { Clock, Console, CustomerConsole, DeviceConsole, Fleet, Gateway, Portal, ProductConsole };

// The operations that need no code of their own here.
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
