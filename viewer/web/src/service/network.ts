// What the network gives, by the browser's own record of what was fetched. What was measured is given once.

/** Fewer bytes say nothing of the network. */
const TELLING_BYTES = 20_000;
/** So many transfers are remembered: no more run at a time. */
const MOST = 100;

/** An answer on its way: milliseconds, and bytes of its body as they came. */
interface Transfer {
  start: number;
  end: number;
  bytes: number;
}

export class Network {
  /** Those that ended last. */
  #transfers: Transfer[] = [];
  /** The last one that tells something. */
  #long: Transfer | undefined;
  #roundTrip: number | undefined;

  constructor() {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#note(entry as PerformanceResourceTiming);
    });
    observer.observe({ type: 'resource' });
  }

  /** Megabytes a second while the last long transfer ran, to all transfers together. */
  pace(): number | undefined {
    const long = this.#long;
    this.#long = undefined;
    if (!long || long.end <= long.start) return undefined;
    const bytes = this.#transfers.reduce((sum, transfer) => sum + transfer.bytes * share(transfer, long), 0);
    return bytes / 1e3 / (long.end - long.start);
  }

  /** Seconds from here to the server and back. */
  roundTrip(): number | undefined {
    const measured = this.#roundTrip;
    this.#roundTrip = undefined;
    return measured;
  }

  #note({ requestStart, responseStart, responseEnd, transferSize, encodedBodySize, serverTiming }: PerformanceResourceTiming): void {
    // Nothing came over the network, or the server does not let pages know.
    if (transferSize === 0 || requestStart === 0) return;
    const transfer = { start: responseStart, end: responseEnd, bytes: encodedBodySize };
    this.#transfers = [...this.#transfers.slice(1 - MOST), transfer];
    if (transfer.bytes >= TELLING_BYTES) this.#long = transfer;
    // Until the first byte came, without what the server did.
    const served = serverTiming.find(({ name }) => name === 'total');
    const way = (responseStart - requestStart - (served?.duration ?? Infinity)) / 1000;
    if (way > 0) this.#roundTrip = Math.min(this.#roundTrip ?? Infinity, way);
  }
}

/** Which share of a transfer came while another one ran. */
function share({ start, end }: Transfer, other: Transfer): number {
  const both = Math.min(end, other.end) - Math.max(start, other.start);
  return end > start ? Math.max(0, both) / (end - start) : 0;
}
