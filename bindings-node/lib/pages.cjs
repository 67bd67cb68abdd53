'use strict';

const { options } = require('./options.cjs');

/**
 * A list that is read page by page: `for await` reads all of it, `await` reads one page with its `items` and its `next`
 * cursor.
 */
class Pages {
  #read;
  #given;
  #known;

  /** Pages that `read(from, options)` reads, for a call with these options. */
  constructor(read, given, known) {
    this.#read = read;
    this.#given = given;
    this.#known = known;
  }

  /**
   * Returns where the first page begins and the function that reads a page. An invalid option rejects here, as any
   * other invalid argument does.
   */
  #begin() {
    const begin = this.#known?.includes('before') ? 'before' : 'after';
    const { [begin]: from, ...rest } = options(this.#given, this.#known);
    return { from, read: (next) => this.#read(next, rest) };
  }

  async #first() {
    const { from, read } = this.#begin();
    return read(from);
  }

  then(fulfilled, rejected) {
    return this.#first().then(fulfilled, rejected);
  }

  catch(rejected) {
    return this.then(undefined, rejected);
  }

  finally(settled) {
    return this.#first().finally(settled);
  }

  async *[Symbol.asyncIterator]() {
    const { from, read } = this.#begin();
    let next = from;
    do {
      const page = await read(next);
      yield* page.items;
      ({ next } = page);
    } while (next !== null);
  }
}

module.exports = { Pages };
