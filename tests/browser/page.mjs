// Uses the page at `/` as somebody would:
// `node tests/browser/page.mjs ADDRESS OUT.png [--graphics webgpu|webgl] [--size 960x540] [--seconds 120] [--pick X,Y]
// [--set LABEL=VALUE] [--lose] [--touch] [--reload]`
//
// Headless Chromium shows the address until nothing is missing. `--pick` then clicks there (or taps, with `--touch`), `--set` sets
// an attribute of the first layer in the panel, `--lose` ends the graphics process, `--reload` loads the page again past all
// caches. What came of it is printed as JSON: the page's state and numbers, what was found, contents with their hashes, requests
// by kind, errors, statistics of the picture. What is on the canvas alone is written to OUT-canvas.png.
import { parseArgs } from 'node:util';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { launch } from './chromium.mjs';
import { count, statistics, watch } from './watch.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    graphics: { type: 'string', default: 'webgpu' },
    size: { type: 'string', default: '960x540' },
    seconds: { type: 'string', default: '120' },
    pick: { type: 'string' },
    set: { type: 'string' },
    lose: { type: 'boolean', default: false },
    touch: { type: 'boolean', default: false },
    reload: { type: 'boolean', default: false },
  },
});
const [address, output] = positionals;
if (positionals.length !== 2) {
  console.error('usage: node tests/browser/page.mjs ADDRESS OUT.png [--graphics webgpu|webgl] [--pick X,Y] [--set LABEL=VALUE]');
  process.exit(2);
}
const [width, height] = values.size.split('x').map(Number);
const timeout = 1000 * Number(values.seconds);

/** Waits until nothing is missing, or the page says what is wrong. */
async function complete(page) {
  await page.waitForFunction(() => {
    const problem = document.getElementById('problem');
    return globalThis.stage?.state.complete || (problem && !problem.hidden);
  }, null, { timeout, polling: 100 });
}

const textOf = (page, id) => page.locator(`#${id}`).innerText();

const browser = await launch({ webgpu: values.graphics === 'webgpu' });
try {
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: values.touch });
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
  await mkdir(dirname(output), { recursive: true });
  const counted = count(page, address);
  const contents = watch(page);
  const begun = Date.now();
  await page.goto(address);
  await complete(page);
  const seen = { milliseconds: Date.now() - begun };
  if (values.reload) {
    await (await context.newCDPSession(page)).send('Page.reload', { ignoreCache: true });
    await page.waitForLoadState();
    await complete(page);
    seen.isServed = await page.evaluate(() => globalThis.gable.ready);
  }
  if (values.lose) {
    await (await browser.newBrowserCDPSession()).send('Browser.crashGpuProcess');
    await page.waitForFunction(() => globalThis.stage.losses > 0 && globalThis.stage.isOpen, null, { timeout });
    await page.waitForTimeout(1000);
    await complete(page);
    seen.losses = await page.evaluate(() => globalThis.stage.losses);
  }
  if (values.pick) {
    const [x, y] = values.pick.split(',').map(Number);
    if (values.touch) await page.touchscreen.tap(x, y);
    else await page.mouse.click(x, y);
    await page.locator('#found').waitFor({ state: 'visible' });
    await page.locator('#found h3', { hasText: 'Reports' }).waitFor();
    seen.found = await textOf(page, 'found');
    seen.selected = await page.evaluate(() => globalThis.stage.state.selected);
  }
  if (values.set) {
    const [label, value] = values.set.split('=');
    const part = page.locator('details', { hasText: 'Attributes of' }).first();
    if (!(await part.evaluate((it) => it.open))) await part.locator('summary').click();
    const row = page.locator('.attribute', { has: page.locator(`label:text-is("${label}")`) }).first();
    const field = row.locator('input.value, input[type="text"], input[type="color"], select').first();
    if (await field.evaluate((it) => it.tagName === 'SELECT')) await field.selectOption({ label: value });
    else await field.fill(value);
    await field.press('Enter').catch(() => {});
    await page.waitForFunction(() => !globalThis.stage.state.complete, null, { timeout });
    await complete(page);
    if (values.pick) {
      await page.waitForFunction((before) => document.getElementById('found').innerText !== before, seen.found, { timeout });
      await page.waitForTimeout(1000);
      seen.changed = await textOf(page, 'found');
    }
  }
  const opened = await page.evaluate(() => globalThis.stage?.isOpen ?? false);
  if (opened) {
    Object.assign(seen, await page.evaluate(() => ({
      state: globalThis.stage.state,
      device: globalThis.stage.device,
      numbers: JSON.parse(globalThis.stage.wasm.statistics()),
      camera: globalThis.stage.wasm.camera(),
      isIsolated: globalThis.crossOriginIsolated,
    })));
  }
  if (opened) {
    const bytes = await page.evaluate(async () => Array.from(new Uint8Array(await (await globalThis.stage.picture()).arrayBuffer())));
    await writeFile(output.replace(/\.png$/, '-canvas.png'), Buffer.from(bytes));
  }
  seen.problem = await page.evaluate(() => (document.getElementById('problem').hidden ? '' : document.getElementById('problem').textContent));
  seen.address = page.url();
  const picture = await page.screenshot({ path: output, timeout });
  const result = { ...seen, ...(await counted()), contents: await contents(), errors, picture: await statistics(page, picture) };
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
