// An unmodified viewer in Chromium, until its view of a tileset is complete.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './chromium.mjs';
import { count, keptIn, statistics, watch } from './watch.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The file at a path of the page's own server: modules from npm, our scripts, pages. */
export function fileOf(path) {
  if (path.startsWith('/modules/')) return join(here, '../node_modules', path.slice('/modules/'.length));
  return path.startsWith('/gable') ? join(here, '../../viewer/web/dist', path) : join(here, path);
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
