// One visit: a fresh Chromium goes from camera to camera, and waits at each until nothing is missing.
import { launch, serve } from '../browser/chromium.mjs';
import { fileOf } from '../browser/show.mjs';
import { Proxy } from '../side-by-side/network.mjs';
import { Slowdown } from './slow.mjs';

/** Milliseconds that a view may take. */
const PATIENCE = 120_000;

/** What has passed so far. */
const passed = ({ down, up, requests }) => ({ down: down.bytes, up: up.bytes, requests: requests.length });

/** The number of the browser's first process. */
async function processOf(browser) {
  const tools = await browser.newBrowserCDPSession();
  const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
  return processInfo.find(({ type }) => type === 'browser').id;
}

/** Calls back with the views of a page as they get complete, and ends after the last, or after one that does not. */
function follow(count) {
  const views = [];
  let timer;
  let done;
  const ended = new Promise((end) => { done = end; });
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(done, PATIENCE);
  };
  const note = (view) => {
    views.push(view);
    if (views.length === count) {
      clearTimeout(timer);
      done();
    } else wait();
  };
  return { wait, note, ended: ended.then(() => views) };
}

/**
 * Shows the tileset at `path` of a server, through a network, on a processor that is slower by `slowdown`, from `cameras`
 * (`X,Y,Z,TX,TY,TZ`). With `generate` the page has our script. Gives the views (seconds until complete, what passed by then), what
 * passed in all, how contents were made, and what went wrong.
 */
export async function visit({ server, path, network, slowdown, cameras, generate, size: [width, height] }) {
  const proxy = await Proxy.start(server, network, () => {});
  const { server: pages, address } = await serve(fileOf);
  const browser = await launch();
  let slow;
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    if (slowdown > 1) slow = new Slowdown(await processOf(browser), slowdown);
    const { wait, note, ended } = follow(cameras.length);
    await page.exposeFunction('measure', ({ begun, ready }) => note({ seconds: (ready - begun) / 1000, ...passed(proxy) }));
    const camera = cameras.join(';');
    const query = new URLSearchParams({ tileset: `${proxy.base}${path}`, camera, ...(generate ? { generate } : {}) });
    await page.goto(`${address}/three.html?${query}`, { waitUntil: 'commit', timeout: PATIENCE });
    wait();
    const views = await ended;
    const all = passed(proxy);
    const isComplete = views.length === cameras.length;
    // The last view is drawn, in software, which its seconds do not count; the page then says what it shows.
    if (isComplete) await page.waitForFunction(() => globalThis.state, null, { timeout: PATIENCE });
    const { state, made } = await page.evaluate(() => ({ state: globalThis.state, made: globalThis.gable?.counts }));
    const log = proxy.requests.map(({ path: asked, bytes }) => ({ path: asked, bytes }));
    return { views, ...all, ...made, triangles: state?.triangles, failures: [...(state?.failures ?? []), ...errors], log };
  } finally {
    await browser.close();
    await slow?.end();
    proxy.stop();
    pages.close();
  }
}
