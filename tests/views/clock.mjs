// Simulated time.

/** Seconds by the wall's clock. */
const wall = () => performance.now() / 1000;

/** Lets everything go on that waits for nothing but its turn. */
const settle = () => new Promise((done) => setImmediate(done));

/**
 * A clock that leaps from event to event. While it waits for something outside of the simulation (an answer of a real server)
 * it goes with the wall's clock, so that what happens outside takes the time that it takes, beside what is simulated. A clock in
 * real time never leaps.
 */
export class Clock {
  now = 0;
  #realTime;
  #events = [];
  #outside = 0;
  /** The simulated time at zero of the wall's clock. */
  #offset = 0;
  #wake = () => {};

  constructor({ realTime = false } = {}) {
    this.#realTime = realTime;
    this.#offset = -wall();
  }

  /** Goes on at a time. */
  until(time) {
    return new Promise((done) => this.#add(time, done));
  }

  /** Goes on after so many seconds. */
  after(seconds) {
    return this.until(this.now + seconds);
  }

  /** What a promise gives, after as many simulated seconds as it takes. */
  async outside(promise) {
    if (this.#outside === 0 && !this.#realTime) this.#offset = this.now - wall();
    this.#outside += 1;
    try {
      return await promise;
    } finally {
      const back = this.until(this.#offset + wall());
      this.#outside -= 1;
      this.#wake();
      await back;
    }
  }

  /** Goes on until nothing is left to happen. */
  async run() {
    await settle();
    while (this.#events.length > 0 || this.#outside > 0) {
      const next = this.#events[0]?.time ?? Infinity;
      const early = this.#realTime || this.#outside > 0 ? next - (this.#offset + wall()) : 0;
      if (early > 0) await this.#sleep(early);
      else this.#take();
      await settle();
    }
  }

  #add(time, action) {
    const place = this.#events.findLastIndex((event) => event.time <= time) + 1;
    this.#events.splice(place, 0, { time, action });
  }

  #take() {
    const { time, action } = this.#events.shift();
    this.now = Math.max(this.now, time);
    action();
  }

  /** At most so many seconds; something outside may end it. */
  #sleep(seconds) {
    return new Promise((done) => {
      const timer = seconds < 1e6 ? setTimeout(done, 1000 * seconds) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
