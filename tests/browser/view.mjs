// Shows a tileset in an unmodified viewer:
// `node tests/browser/view.mjs cesium|three TILESET_URL OUT.png --camera=X,Y,Z,TX,TY,TZ [--size 960x540] [--seconds 120]`
//
// Headless Chromium draws until the view is complete; what came of it is printed as JSON: tiles, failures, levels, triangles,
// requests by kind, errors of the console, the properties of a feature that was picked, statistics of the picture.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, serve } from './chromium.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    camera: { type: 'string', default: '-300,-500,350,150,0,0' },
    size: { type: 'string', default: '960x540' },
    seconds: { type: 'string', default: '120' },
  },
});
const [viewer, tileset, output] = positionals;
if (positionals.length !== 3 || !['cesium', 'three'].includes(viewer)) {
  console.error('usage: node tests/browser/view.mjs cesium|three TILESET_URL OUT.png --camera=X,Y,Z,TX,TY,TZ');
  process.exit(2);
}
const [width, height] = values.size.split('x').map(Number);
const milliseconds = 1000 * Number(values.seconds);

/** What a request to the tile server is for. */
function kindOf(address) {
  const { pathname } = new URL(address);
  return /\.(json|subtree|glb|recipe|wasm)$/.exec(pathname)?.[1] ?? (/\.(png|jpg)$/.test(pathname) ? 'texture' : 'other');
}

/** Counts the requests to the tile server by kind, with the bytes of their bodies as they came. */
function count(page) {
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

const { server, address } = await serve((path) =>
  path.startsWith('/modules/') ? join(here, '../node_modules', path.slice('/modules/'.length)) : join(here, path));
const browser = await launch();
let failed = false;
try {
  const page = await browser.newPage({ viewport: { width, height } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
  const counted = count(page);
  const query = new URLSearchParams({ tileset, camera: values.camera });
  await page.goto(`${address}/${viewer}.html?${query}`);
  const done = await page.waitForFunction(() => globalThis.state, null, { timeout: milliseconds }).catch(() => null);
  const state = done ? await done.jsonValue() : { failures: ['the view was not complete in time'] };
  await mkdir(dirname(output), { recursive: true });
  const picture = await page.screenshot({ path: output, timeout: milliseconds });
  console.log(JSON.stringify({ viewer, ...state, ...(await counted()), errors, picture: await statistics(page, picture) }));
} catch (error) {
  console.error(error.message);
  failed = true;
} finally {
  await browser.close();
  server.close();
}
process.exit(failed ? 1 : 0);
