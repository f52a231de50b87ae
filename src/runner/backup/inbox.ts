/** Things that wait to be taken, in their order, by any number of takers, until it is closed. */
export class Inbox<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  readonly #takers: ((thing: T | null) => void)[] = [];
  #isClosed = false;
  #taken = 0;

  /** No effect on one that is closed. */
  put(thing: T): void {
    if (this.#isClosed) return;
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.push(thing);
    else taker(thing);
  }

  /** What is in it is still taken; who waits gets null. Twice is once. */
  close(): void {
    this.#isClosed = true;
    for (const taker of this.#takers.splice(0)) taker(null);
  }

  /** The next thing, once there is one; null when there will be none. */
  next(): Promise<T | null> {
    if (this.#taken < this.#waiting.length) {
      const thing = this.#waiting[this.#taken] as T;
      this.#taken += 1;
      // Taking from the front of a long array each time would cost its length.
      if (this.#taken > 1_000 && this.#taken * 2 > this.#waiting.length) {
        this.#waiting.splice(0, this.#taken);
        this.#taken = 0;
      }
      return Promise.resolve(thing);
    }
    if (this.#isClosed) return Promise.resolve(null);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (let thing = await this.next(); thing !== null; thing = await this.next()) yield thing;
  }
}
