'use strict';

/**
 * A list that is read page by page: `for await` walks all of it, `await` reads one page, with its `items` and where the
 * `next` one goes on.
 */
class Pages {
  #read;
  #after;

  constructor(read, after) {
    this.#read = read;
    this.#after = after;
  }

  then(fulfilled, rejected) {
    return this.#read(this.#after).then(fulfilled, rejected);
  }

  catch(rejected) {
    return this.then(undefined, rejected);
  }

  finally(settled) {
    return this.#read(this.#after).finally(settled);
  }

  async *[Symbol.asyncIterator]() {
    let after = this.#after;
    do {
      const page = await this.#read(after);
      yield* page.items;
      after = page.next;
    } while (after !== null);
  }
}

module.exports = { Pages };
