// Uses the playground as somebody would: `node tests/browser/play.mjs ADDRESS STEPS [--size 1280x800] [--seconds 120] [--dark]`
//
// STEPS is a JSON list of [what, value], done one after another in headless Chromium; see `steps` below. After each the page is
// waited for until it has compiled and run what there is. Printed as JSON: for each step what the page shows then (text, file,
// SHA-256 of the model, triangles, problems, what is underlined, cursor), and all errors of the console.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './chromium.mjs';
import { count, statistics } from './watch.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1280x800' },
    seconds: { type: 'string', default: '120' },
    dark: { type: 'boolean', default: false },
  },
});
const [address, told] = positionals;
if (positionals.length !== 2) {
  console.error('usage: node tests/browser/play.mjs ADDRESS STEPS');
  process.exit(2);
}
const [width, height] = values.size.split('x').map(Number);
const timeout = 1000 * Number(values.seconds);

const browser = await launch({ webgpu: true });
const context = await browser.newContext({
  viewport: { width, height },
  colorScheme: values.dark ? 'dark' : 'light',
  permissions: ['clipboard-read', 'clipboard-write'],
});
context.setDefaultTimeout(timeout);
const errors = [];
let page;
let counted;
const refused = [];

/** A module with the functions of the compiler's (compiler/browser/src/wasm.rs), of which one traps. */
function trapping(name) {
  const names = ['alloc', 'compile', 'recipe', 'layout', 'marks', 'output_ptr', 'output_len', 'module_ptr', 'module_len'];
  const section = (number, ...bytes) => [number, bytes.length, ...bytes];
  const text = (of) => [of.length, ...Buffer.from(of)];
  // `unreachable`, or `i32.const 0`; then `end`.
  const body = (of) => (of === name ? [3, 0, 0x00, 0x0b] : [4, 0, 0x41, 0x00, 0x0b]);
  return Buffer.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, 2, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f),
    ...section(3, names.length, ...names.map((of) => (of === 'alloc' ? 1 : 0))),
    ...section(5, 1, 0, 16),
    ...section(7, names.length + 1, ...text('memory'), 2, 0, ...names.flatMap((of, number) => [...text(of), 0, number])),
    ...section(10, names.length, ...names.flatMap(body)),
  ]);
}

/** What each step does. */
const steps = {
  /** Opens the playground in a new page; with `shared` what was shared last. */
  async open(what) {
    const next = await context.newPage();
    next.on('pageerror', (error) => errors.push(error.message));
    next.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
    next.on('dialog', (dialog) => dialog.accept());
    const to = what === 'shared' ? await page.evaluate(() => navigator.clipboard.readText()) : `${address}/play`;
    if (counted) refused.push(...(await counted()).refused);
    counted = count(next, address);
    await page?.close();
    page = next;
    await page.goto(to);
    await page.waitForFunction(() => globalThis.playground?.content || document.getElementById('problems').firstChild);
  },
  /** From now on the compiler has a fault. */
  fault: (name) => context.route('**/gable-author.wasm', (route) => route.fulfill({ body: trapping(name), contentType: 'application/wasm' })),
  reload: async () => {
    await page.reload();
    await page.waitForFunction(() => globalThis.playground?.content || document.getElementById('problems').firstChild);
  },
  /** Types another text over what is there. */
  async text(text) {
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
  },
  /** Types at the end of the text, key by key. */
  async type(text) {
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type(text, { delay: 20 });
  },
  key: (key) => page.keyboard.press(key),
  click: (name) => page.getByRole('button', { name, exact: true }).click(),
  tab: (name) => page.getByRole('tab', { name, exact: true }).click(),
  /** Clicks the first problem that says this. */
  problem: (text) => page.locator('#problems button', { hasText: text }).first().click(),
  async example(name) {
    await page.locator('#examples').click();
    await page.locator('#gallery button', { has: page.locator(`b:text-is("${name}")`) }).click();
  },
  fill: ([selector, value]) => page.locator(selector).fill(value),
  select: ([selector, value]) => page.locator(selector).selectOption(value),
  /** Sets an attribute by its label. */
  async set([label, value]) {
    const row = page.locator('.attribute', { has: page.locator(`label:text-is("${label}")`) });
    const field = row.locator('input.value, select, input').last();
    const kind = await field.evaluate((it) => (it.tagName === 'SELECT' ? 'select' : it.type));
    if (kind === 'select') await field.selectOption({ label: value });
    else if (kind === 'checkbox') await field.setChecked(value === 'true');
    else await field.fill(value);
    await field.blur();
  },
  async picture(file) {
    await page.waitForFunction(() => globalThis.playground.stage.state.complete);
    await page.waitForTimeout(500);
    await mkdir(dirname(file), { recursive: true });
    const picture = await page.screenshot({ path: file });
    const stage = await page.locator('#stage').screenshot();
    return { picture: await statistics(page, picture), stage: await statistics(page, stage) };
  },
  /** Saves the model as a user would. */
  async export() {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#export').click()]);
    const bytes = await readFile(await download.path());
    return { file: download.suggestedFilename(), exported: createHash('sha256').update(bytes).digest('hex') };
  },
};

/** Waits until all was compiled and run, and tells what is there. */
async function look() {
  await page.waitForFunction(() => globalThis.playground?.isIdle);
  const seen = await page.evaluate(() => {
    const { content, done, text } = globalThis.playground;
    const textOf = (id) => document.getElementById(id).textContent;
    return {
      text,
      done: { ...done },
      tabs: [...document.querySelectorAll('[role="tab"]')].map((tab) => tab.textContent),
      tab: document.querySelector('[role="tab"][aria-selected="true"]').textContent,
      numbers: textOf('numbers'),
      problems: [...document.querySelectorAll('#problems li')].map((line) => line.textContent),
      severities: [...document.querySelectorAll('#problems li')].map((line) => line.className),
      underlined: [...document.querySelectorAll('.cm-lintRange-error')].map((range) => range.textContent),
      line: document.querySelector('.cm-activeLine')?.textContent,
      reports: textOf('reports'),
      note: textOf('note'),
      trouble: textOf('trouble'),
      isOld: document.getElementById('stage').classList.contains('old'),
      overflow: document.documentElement.scrollWidth - innerWidth,
      content: content ? btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join('')) : '',
    };
  });
  const { content, ...rest } = seen;
  return { ...rest, sha256: createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex') };
}

try {
  const seen = [];
  for (const [what, value] of JSON.parse(told)) {
    const more = await steps[what](value);
    seen.push({ step: what, ...(page ? await look() : {}), ...more });
  }
  if (counted) refused.push(...(await counted()).refused);
  console.log(JSON.stringify({ seen, errors, refused }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
