// An unmodified viewer in Chromium, until its view of a tileset is complete.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './chromium.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The file at a path of the page's own server: modules from npm, our scripts, pages. */
function fileOf(path) {
  if (path.startsWith('/modules/')) return join(here, '../node_modules', path.slice('/modules/'.length));
  return path.startsWith('/gable') ? join(here, '../../viewer/web/dist', path) : join(here, path);
}

/** What a request to the tile server is for. */
function kindOf(address) {
  const { pathname } = new URL(address);
  return /\.(json|subtree|glb|recipe|wasm)$/.exec(pathname)?.[1] ?? (/\.(png|jpg)$/.test(pathname) ? 'texture' : 'other');
}

/** Counts the requests to the tile server by kind, with the bytes of their bodies as they came. */
function count(page, tileset) {
  const requests = {};
  const refused = [];
  const pending = [];
  const ours = (request) => request.url().startsWith(new URL(tileset).origin);
  page.on('requestfinished', (request) => {
    if (!ours(request)) return;
    pending.push((async () => {
      const [response, sizes] = await Promise.all([request.response(), request.sizes()]);
      if (response.status() >= 400) refused.push(`${response.status()} ${request.url()}`);
      const kind = (requests[kindOf(request.url())] ??= { count: 0, bytes: 0 });
      kind.count += 1;
      kind.bytes += Math.max(0, sizes.responseBodySize);
    })());
  });
  page.on('requestfailed', (request) => ours(request) && refused.push(`${request.failure()?.errorText} ${request.url()}`));
  return async () => {
    await Promise.all(pending);
    return { requests, refused };
  };
}

/** The contents that the viewer got: address, SHA-256, whether they were generated in the browser. */
function watch(page) {
  const contents = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.endsWith('.glb') || response.status() !== 200) return;
    contents.push(response.body().then((body) => ({
      address: response.url(),
      sha256: createHash('sha256').update(body).digest('hex'),
      generated: response.fromServiceWorker() && /generate;dur=/.test(response.headers()['server-timing'] ?? ''),
    })));
  });
  return () => Promise.all(contents);
}

/** Ends the workers of the page once the first content is there; tells how many they were. */
async function endWorkers(page, milliseconds) {
  await page.addInitScript(() => {
    const workers = [];
    globalThis.Worker = class extends Worker {
      constructor(...what) {
        super(...what);
        workers.push(this);
      }
    };
    globalThis.endWorkers = () => workers.map((worker) => worker.terminate()).length;
  });
  const isContent = (response) => new URL(response.url()).pathname.endsWith('.glb');
  const first = page.waitForResponse(isContent, { timeout: milliseconds });
  const ended = first.then(() => page.evaluate(() => globalThis.endWorkers())).catch(() => 0);
  return () => ended;
}

/** The addresses that our script keeps in the browser's cache. */
function keptIn(page) {
  return page.evaluate(async () => {
    const addresses = [];
    for (const name of await caches.keys()) addresses.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
    return addresses;
  });
}

/** How many colours the picture has, and which share of it is not its most frequent colour. */
async function statistics(page, picture) {
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

/**
 * Shows a tileset in `cesium` or `three` from a camera (`X,Y,Z,TX,TY,TZ`), writes the picture, and gives what was seen.
 * With `generate` the page has our script, and tiles are generated in it where the server says so; its workers are ended in the
 * middle of that with `ending`. `measure`, if there is one, is called when the view is drawn, with what the page says of that (see common.js), and waited for.
 */
export async function show(viewer, { tileset, camera, width, height, milliseconds, output, measure, generate, ending }) {
  const { server, address } = await serve(fileOf);
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
    if (measure) await page.exposeFunction('measure', measure);
    const counted = count(page, tileset);
    const contents = watch(page);
    const ended = ending ? await endWorkers(page, milliseconds) : () => 0;
    const query = new URLSearchParams({ tileset, camera, ...(generate ? { generate } : {}) });
    await page.goto(`${address}/${viewer}.html?${query}`);
    const done = await page.waitForFunction(() => globalThis.state, null, { timeout: milliseconds }).catch(() => null);
    const state = done ? await done.jsonValue() : { failures: ['the view was not complete in time'] };
    await mkdir(dirname(output), { recursive: true });
    const picture = await page.screenshot({ path: output, timeout: milliseconds });
    return { viewer, ...state, ...(await counted()), contents: await contents(), ended: await ended(), kept: generate ? await keptIn(page) : [], errors, picture: await statistics(page, picture) };
  } finally {
    await browser.close();
    server.close();
  }
}
