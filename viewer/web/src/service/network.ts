// What the network gives, by the browser's own record of what was fetched. What was measured is given once.

/** Fewer bytes say nothing of the network. */
const TELLING_BYTES = 20_000;

/** An answer on its way: milliseconds, and bytes of its body as they came. */
interface Transfer {
  start: number;
  end: number;
  bytes: number;
}

export class Network {
  #transfers: Transfer[] = [];
  #roundTrip: number | undefined;

  constructor() {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#note(entry as PerformanceResourceTiming);
    });
    observer.observe({ type: 'resource' });
  }

  /** Megabytes a second, to all transfers together. */
  pace(): number | undefined {
    const bytes = this.#transfers.reduce((sum, transfer) => sum + transfer.bytes, 0);
    if (bytes < TELLING_BYTES) return undefined;
    const seconds = covered(this.#transfers) / 1000;
    this.#transfers = [];
    return seconds > 0 ? bytes / 1e6 / seconds : undefined;
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
    this.#transfers.push({ start: responseStart, end: responseEnd, bytes: encodedBodySize });
    // Until the first byte came, without what the server did.
    const served = serverTiming.find(({ name }) => name === 'total');
    const way = (responseStart - requestStart - (served?.duration ?? Infinity)) / 1000;
    if (way > 0) this.#roundTrip = Math.min(this.#roundTrip ?? Infinity, way);
  }
}

/** Milliseconds in which there was a transfer at all. */
function covered(transfers: Transfer[]): number {
  let [sum, until] = [0, 0];
  for (const { start, end } of [...transfers].sort((a, b) => a.start - b.start)) {
    sum += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return sum;
}
