// What is seen of a page while it shows a world: requests, contents, the picture.
import { createHash } from 'node:crypto';

/** What a request to the tile server is for. */
function kindOf(address) {
  const { pathname } = new URL(address);
  return /\.(json|subtree|glb|recipe|wasm)$/.exec(pathname)?.[1] ?? (/\.(png|jpg)$/.test(pathname) ? 'texture' : 'other');
}

/** Counts the requests to the tile server by kind, with the bytes of their bodies as they came. */
export function count(page, tileset) {
  const requests = {};
  const refused = [];
  const pending = [];
  const ours = (request) => request.url().startsWith(new URL(tileset).origin);
  page.on('requestfinished', (request) => {
    if (!ours(request)) return;
    const counting = (async () => {
      const [response, sizes] = await Promise.all([request.response(), request.sizes()]);
      if (response.status() >= 400) refused.push(`${response.status()} ${request.url()}`);
      const kind = (requests[kindOf(request.url())] ??= { count: 0, bytes: 0 });
      kind.count += 1;
      kind.bytes += Math.max(0, sizes.responseBodySize);
    })();
    // What comes when the browser is being closed counts for nobody.
    counting.catch(() => {});
    pending.push(counting);
  });
  page.on('requestfailed', (request) => ours(request) && refused.push(`${request.failure()?.errorText} ${request.url()}`));
  return async () => {
    await Promise.all(pending);
    return { requests, refused };
  };
}

/** The contents that the viewer got: address, SHA-256, whether they were generated in the browser. */
export function watch(page) {
  const contents = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.endsWith('.glb') || response.status() !== 200) return;
    contents.push(response.body().then((body) => ({
      address: response.url(),
      sha256: createHash('sha256').update(body).digest('hex'),
      generated: response.fromServiceWorker() && 'gable-generated' in response.headers(),
    })));
  });
  return () => Promise.all(contents);
}

/** The addresses that our script keeps in the browser's cache. */
export function keptIn(page) {
  return page.evaluate(async () => {
    const addresses = [];
    for (const name of await caches.keys()) addresses.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
    return addresses;
  });
}

/** How many colours the picture has, and which share of it is not its most frequent colour. */
export async function statistics(page, picture) {
  return page.evaluate(async (source) => {
    const image = await createImageBitmap(await (await fetch(source)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    const colors = new Map();
    for (const pixel of pixels) colors.set(pixel, (colors.get(pixel) ?? 0) + 1);
    return { colors: colors.size, covered: 1 - Math.max(...colors.values()) / pixels.length };
  }, `data:image/png;base64,${picture.toString('base64')}`);
}
