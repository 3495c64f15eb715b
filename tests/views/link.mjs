// A network between a client and a server.

/** A link whose transfers share its bandwidth equally (processor sharing). */
export class Link {
  #clock;
  #bandwidth;
  /** Bytes that a transfer would have got that began with the link. */
  #each = 0;
  #at = 0;
  #received = 0;
  #transfers = [];
  #change = 0;

  /** `bandwidth` in bytes a second. */
  constructor(clock, bandwidth) {
    this.#clock = clock;
    this.#bandwidth = bandwidth;
  }

  /** Goes on when so many bytes have come. */
  transfer(bytes) {
    this.#bringUp();
    const end = this.#each + bytes;
    const arrived = new Promise((done) => this.#transfers.push({ end, done }));
    this.#transfers.sort((a, b) => a.end - b.end);
    this.#expect();
    return arrived;
  }

  /** Bytes that came so far, of all transfers. */
  get received() {
    this.#bringUp();
    return this.#received;
  }

  #bringUp() {
    const bytes = this.#transfers.length > 0 ? (this.#clock.now - this.#at) * this.#bandwidth : 0;
    this.#received += bytes;
    this.#each += bytes / Math.max(1, this.#transfers.length);
    this.#at = this.#clock.now;
  }

  /** The next arrival, unless transfers begin or end before it. */
  async #expect() {
    this.#change += 1;
    const change = this.#change;
    if (this.#transfers.length === 0) return;
    const [{ end }] = this.#transfers;
    await this.#clock.after((Math.max(0, end - this.#each) * this.#transfers.length) / this.#bandwidth);
    if (change !== this.#change) return;
    this.#bringUp();
    this.#each = end;
    while (this.#transfers[0]?.end <= end) this.#transfers.shift().done();
    this.#expect();
  }
}
