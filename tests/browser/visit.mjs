// A person at a browser, who opens pages of a server one after the other and does as told: `node tests/browser/visit.mjs`.
//
// Reads a line of JSON for each thing to do and answers each with a line of JSON:
// `{"open": ADDRESS, "picture": OUT.png}` opens an example (`/three`, `/cesium`) and tells what was seen when nothing is missing,
// `{"ask": ADDRESS}` lets the page ask for something, and tells the answer's status and hash,
// `{"look": ADDRESS_PART}` waits until the page has got a content whose address has this in it, and tells what was seen,
// `{"room": BYTES, "of": ORIGIN}` lets the browser keep so much, `{"forget": true}` empties its HTTP cache.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from './chromium.mjs';
import { count, keptIn, statistics, watch } from './watch.mjs';

/** Milliseconds that anything may take. */
const PATIENCE = 300_000;
/** Milliseconds after which nothing more comes. */
const QUIET = 1500;

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 640, height: 360 } });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE);
const tools = await context.newCDPSession(page);
const errors = [];
page.on('pageerror', (error) => errors.push(error.message));
page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
// What the service worker says of this client (playwright shows its requests if it is asked to: see the caller).
const said = [];
context.on('request', (request) => {
  const statement = request.serviceWorker() && new URL(request.url()).searchParams.get('client');
  if (statement) said.push(statement);
});
let seen = () => {};

/** Waits until the page has said for a while that it is complete, or that something failed; then tells what was seen. */
async function tell(picture) {
  const status = () => page.evaluate(() => document.getElementById('status')?.outerHTML ?? '');
  let before = '';
  for (const begun = Date.now(); ; ) {
    const now = await status();
    if (now === before && /data-state="(failed|complete)">(?!0 .* 0 )/.test(now)) break;
    before = now;
    if (Date.now() - begun > PATIENCE) throw new Error(`the view is not complete: ${now}`);
    await page.waitForTimeout(QUIET);
  }
  const text = await page.locator('#status').innerText();
  const state = await page.locator('#status').getAttribute('data-state');
  await mkdir(dirname(picture), { recursive: true });
  const shot = await page.screenshot({ path: picture, timeout: PATIENCE });
  return {
    text, state, ...(await seen()), kept: await keptIn(page), said: said.splice(0), errors: errors.splice(0),
    picture: await statistics(page, shot),
  };
}

async function act({ open, ask, look, room, of, forget, picture }) {
  if (open) {
    const [counted, contents] = [count(page, open), watch(page)];
    seen = async () => ({ ...(await counted()), contents: await contents() });
    await page.goto(open);
    return tell(picture);
  }
  if (ask) {
    const { status, bytes } = await page.evaluate(async (address) => {
      const response = await fetch(address);
      return { status: response.status, bytes: Array.from(new Uint8Array(await response.arrayBuffer())) };
    }, ask);
    return { status, sha256: createHash('sha256').update(Uint8Array.from(bytes)).digest('hex') };
  }
  if (look) {
    const has = async () => (await seen()).contents.some(({ address }) => address.includes(look));
    for (const begun = Date.now(); !(await has()); await page.waitForTimeout(QUIET)) {
      if (Date.now() - begun > PATIENCE) throw new Error(`nothing with ${look} came`);
    }
    return tell(picture);
  }
  if (room) await tools.send('Storage.overrideQuotaForOrigin', { origin: of, quotaSize: room });
  if (forget) await tools.send('Network.clearBrowserCache');
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await act(JSON.parse(line)).catch((error) => ({ broken: error.message }))));
}
await browser.close();
