// Something of which there is so much: requests in flight, threads of workers.

/** Whether one thing is more urgent than another: what the later view needs, then what is most wrong without it. */
export const byUrgency = (a, b) => b.view - a.view || b.error - a.error;

/** So many places; who waits for one is let in by urgency at that moment. */
export class Places {
  #free;
  #waiting = [];

  constructor(number) {
    this.#free = number;
  }

  /** Does work in a place. `item` has `view` and `error`, which may change while it waits. */
  async with(item, work) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((done) => this.#waiting.push({ item, done }));
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #leave() {
    if (this.#waiting.length === 0) {
      this.#free += 1;
      return;
    }
    const first = this.#waiting.reduce((best, other) => (byUrgency(other.item, best.item) < 0 ? other : best));
    this.#waiting.splice(this.#waiting.indexOf(first), 1);
    first.done();
  }
}
