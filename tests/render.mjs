// Draws a glTF file: `node tests/render.mjs IN.glb OUT.png [--size 1600x900] [--camera X,Y,Z,TX,TY,TZ] [--turn DEGREES]`
//
// three.js in headless Chromium, with a sky, a sun that throws shadows, and a ground. Without `--camera` the camera
// looks at the whole model from the front right; `--turn` moves it around. CHROMIUM names another browser.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, serve } from './browser/chromium.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1600x900' },
    camera: { type: 'string', default: 'auto' },
    turn: { type: 'string', default: '0' },
  },
});
if (positionals.length !== 2) {
  console.error('usage: node tests/render.mjs IN.glb OUT.png [--size 1600x900] [--camera X,Y,Z,TX,TY,TZ] [--turn DEGREES]');
  process.exit(2);
}
const [input, output] = positionals;
const [width, height] = values.size.split('x').map(Number);

/** The file that a path of the page's server means. */
function fileOf(path) {
  if (path === '/') return join(here, 'render.html');
  if (path === '/model.glb') return input;
  if (path === '/scene.js') return join(here, 'render-scene.js');
  if (path.startsWith('/three/')) return join(here, 'node_modules/three', path.slice('/three/'.length));
  return join(dirname(input), decodeURIComponent(path.slice(1)));
}

const { server, address } = await serve(fileOf);
const browser = await launch();
let failed = false;
try {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
  const query = new URLSearchParams({ camera: values.camera, turn: values.turn });
  await page.goto(`${address}/?${query}`);
  await page.waitForFunction(() => globalThis.state !== undefined, null, { timeout: 300_000 });
  const state = await page.evaluate(() => globalThis.state);
  if (state.error) throw new Error(state.error);
  await page.screenshot({ path: output, timeout: 300_000 });
  console.log(`${output}: ${state.meshes} meshes, ${state.triangles} triangles, ${state.size.map((x) => x.toFixed(1)).join(' x ')} m`);
} catch (error) {
  console.error(`${input}: ${error.message}`);
  failed = true;
} finally {
  await browser.close();
  server.close();
}
process.exit(failed ? 1 : 0);
