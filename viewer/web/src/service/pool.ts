// Workers of pages, which a service worker cannot have itself, reached through ports. Without any it generates on its own.
import type { Job, Made } from '../generate/job.ts';
import { work } from '../generate/job.ts';
import type { Delivery } from '../generate/worker.ts';

/** Milliseconds that a worker may take, its first compilation included. */
const PATIENCE = 20_000;
/** Milliseconds that a page may take to hand on its workers. */
const HANDING = 500;

/** A worker of a page. */
interface Hand {
  port: MessagePort;
  /** Who waits for which job; nothing comes of those whose worker is gone. */
  waiting: Map<number, (delivery?: Delivery) => void>;
  /** Jobs that it has, one of which it does. */
  jobs: number;
  /** When it is done with them. */
  done: Promise<unknown>;
}

export class Pool {
  #hands = new Set<Hand>();
  #next = 0;
  #arrived: () => void = () => {};
  /** Pages are being asked for their workers. */
  #gathering: Promise<void> | undefined;

  /** A page hands on a worker. */
  add(port: MessagePort): void {
    const hand: Hand = { port, waiting: new Map(), jobs: 0, done: Promise.resolve() };
    port.onmessage = ({ data }: MessageEvent<Delivery>) => {
      hand.waiting.get(data.number)?.(data);
      hand.waiting.delete(data.number);
    };
    // Its page or its worker has ended. (Not every browser says so.)
    port.addEventListener('close', () => this.#drop(hand));
    this.#hands.add(hand);
    this.#arrived();
  }

  /**
   * Does a job by the worker that has the fewest, or here. `call` asks pages for their workers. Throws when it fails, or is not
   * wanted any more before it was begun.
   */
  async work(job: Job, call: () => Promise<void>, signal?: AbortSignal): Promise<Made> {
    if (this.#hands.size === 0) {
      this.#gathering ??= this.#gather(call).finally(() => { this.#gathering = undefined; });
      await this.#gathering;
    }
    for (;;) {
      const [hand] = [...this.#hands].sort((a, b) => a.jobs - b.jobs);
      if (!hand) return work(job);
      const delivery = await this.#by(hand, job, signal);
      if (!delivery) continue;
      if ('error' in delivery) throw new Error(delivery.error);
      return delivery;
    }
  }

  async #gather(call: () => Promise<void>): Promise<void> {
    const arrival = new Promise<void>((arrived) => { this.#arrived = arrived; });
    await call();
    await Promise.race([arrival, sleep(HANDING)]);
  }

  /** What a worker makes of a job when it has done those before it, if it lives as long. */
  async #by(hand: Hand, job: Job, signal?: AbortSignal): Promise<Delivery | undefined> {
    const before = hand.done;
    let end: () => void = () => {};
    hand.done = new Promise<void>((ended) => { end = ended; });
    hand.jobs += 1;
    await before;
    try {
      signal?.throwIfAborted();
      return await this.#now(hand, job);
    } finally {
      hand.jobs -= 1;
      end();
    }
  }

  async #now(hand: Hand, job: Job): Promise<Delivery | undefined> {
    if (!this.#hands.has(hand)) return undefined;
    const number = this.#next++;
    const delivered = new Promise<Delivery | undefined>((done) => hand.waiting.set(number, done));
    hand.port.postMessage({ number, job });
    const delivery = await Promise.race([delivered, sleep(PATIENCE)]);
    if (!delivery) this.#drop(hand);
    return delivery;
  }

  #drop(hand: Hand): void {
    this.#hands.delete(hand);
    hand.port.close();
    for (const gone of hand.waiting.values()) gone();
    hand.waiting.clear();
  }
}

function sleep(milliseconds: number): Promise<undefined> {
  return new Promise((done) => setTimeout(done, milliseconds, undefined));
}
