// What never changes at its address is kept from one visit to the next, as long as the browser has room.

/** The name of our cache; another format of what is in it would have another. */
const NAME = 'gable-1';
/** Answers that are kept. */
const MOST = 1000;

/** Without a cache (a private window may have none) everything comes from the network. */
function open(): Promise<Cache | undefined> {
  return caches.open(NAME).catch(() => undefined);
}

/** What is kept for an address. */
export async function kept(url: string): Promise<Response | undefined> {
  return (await open())?.match(url).catch(() => undefined);
}

/** Keeps an answer, and forgets those kept first when there are too many. No harm if there is no room. */
export async function keep(url: string, response: Response): Promise<void> {
  const cache = await open();
  if (!cache) return;
  try {
    await cache.put(url, response);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
  } catch {
    await caches.delete(NAME).catch(() => false);
  }
}
