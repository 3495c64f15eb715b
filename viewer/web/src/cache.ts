// What is kept from one visit to the next, as long as the browser has room: what was seen once is there without a network, too.

/** Nobody counts what is kept more often than after so many answers. */
const SELDOM = 50;
/** So often room is made for one answer. */
const ATTEMPTS = 5;

/** Answers by address, those kept first in front. Without a cache (a private window may have none) there are none. */
export class Store {
  #name: string;
  #most: number;
  #puts = 0;

  /** Another format of what is in it would have another name. About `most` answers are kept. */
  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  /** What is kept for an address. */
  async get(address: string): Promise<Response | undefined> {
    return (await this.#open())?.match(address).catch(() => undefined);
  }

  /** The addresses for which something is kept. */
  async addresses(): Promise<string[]> {
    const keys = await (await this.#open())?.keys().catch(() => []);
    return (keys ?? []).map(({ url }) => url);
  }

  /** Keeps an answer; where the browser has no room, contents that were kept first are forgotten. No harm if that does not help. */
  async put(address: string, response: Response): Promise<void> {
    const cache = await this.#open();
    if (!cache) return;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await cache.put(address, response.clone());
        if (this.#puts++ % SELDOM === 0) await this.forget((count) => count - this.#most);
        return;
      } catch (error) {
        if ((error as Error).name !== 'QuotaExceededError' || !(await contents.forget(quarter))) return;
      }
    }
  }

  /** Forgets those kept first: as many as this says of how many there are. Tells whether there were any. */
  async forget(howMany: (count: number) => number): Promise<boolean> {
    const cache = await this.#open();
    const keys = (await cache?.keys()) ?? [];
    const old = keys.slice(0, Math.max(0, howMany(keys.length)));
    await Promise.all(old.map((key) => cache?.delete(key)));
    return old.length > 0;
  }

  #open(): Promise<Cache | undefined> {
    return caches.open(this.#name).catch(() => undefined);
  }
}

function quarter(count: number): number {
  return Math.ceil(count / 4);
}

/** Contents of tiles, of which there are many. */
export const contents = new Store('gable-contents-1', 1000);
/** What all of them need: descriptions of worlds, subtrees, textures, modules, assets, and pages. */
export const basics = new Store('gable-basics-1', 1000);
