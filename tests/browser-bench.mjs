// Recipes, meshes and baked files in a browser:
// `node tests/browser-bench.mjs --binary target/release/gable [--world san-francisco] [--views 7] [--size 1920x1080] [--runs 3]
// [--modes recipes,meshes,nginx] [--only TEXT] [--baked FOLDER] [--json FILE]`
//
// Unmodified 3d-tiles-renderer (browser/three.html) in a fresh Chromium goes along the recorded path of the world, from place to
// place at equal distances of time, and waits at each until nothing is missing: one visit, so that caches count as they do for a
// visitor. Nothing of an earlier visit is there.
// - *recipes*: our script is in the page, and `gable serve` always sends recipes: its own seconds cost more than anything.
// - *decided*: our script is in the page, and a `gable serve` that has just started decides at its usual prices.
// - *meshes*: without our script, from a `gable serve` that has just started: it generates what is asked for.
// - *nginx*: without our script, what `gable bake --encoding br` has made (`brotli_static`); `--baked` goes on with an earlier one.
//
// All that comes from these servers passes the same TCP proxy (side-by-side/network.mjs), which has the network's bandwidth,
// shared by all connections, and its delay; no slow start, no loss, no TLS. The page, the viewer's code and our three scripts come
// from elsewhere and are in no figure.
//
// A slower processor: each thread of all processes of the browser may run 1 ms of every 4 (browser-bench/slow.mjs): main thread,
// workers, service worker, compilation, network. The servers and the proxy are not slowed, and share the cores with the browser.
//
// - *first view*: seconds from when the viewer's code is there (before it waits for our script) until nothing is missing. *later*:
//   from when the camera has moved on. Views are not drawn, for there is no graphics processor; the last is, when the clock has
//   stopped.
// - *MB*, *kB up*, *requests*: all through the proxy, with the heads of HTTP, and with what a browser asks before it sends a
//   request with a header of ours to another origin (an `OPTIONS` for each tile).
// - *generated*: contents that were made in the browser.
// Medians of the runs; modes take turns in being the first. `--only` takes the visits whose name (`4G, 4x slower, nginx`) has this
// text.
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from './browser-bench/report.mjs';
import { bake, Nginx, startGable } from './browser-bench/servers.mjs';
import { visit } from './browser-bench/visit.mjs';

const NETWORKS = {
  '4G': { megabits: 9, rtt: 60 },
  'cable': { megabits: 100, rtt: 15 },
  'LAN': { megabits: 1000, rtt: 1 },
};
const PROCESSORS = { 'as it is': 1, '4x slower': 4 };
/** Whether our script is in the page, and how the server is made to send recipes. */
const MODES = {
  recipes: { generate: true, sparing: true },
  decided: { generate: true, sparing: false },
  meshes: { generate: false, sparing: false },
  nginx: { generate: false },
};

const { values } = parseArgs({
  options: {
    binary: { type: 'string', default: 'gable' },
    world: { type: 'string', default: 'san-francisco' },
    views: { type: 'string', default: '7' },
    size: { type: 'string', default: '1920x1080' },
    runs: { type: 'string', default: '3' },
    modes: { type: 'string', default: 'recipes,meshes,nginx' },
    only: { type: 'string', default: '' },
    baked: { type: 'string' },
    json: { type: 'string' },
  },
});

/** So many cameras of the world's path, the first and the last among them. */
async function camerasOf(world, count) {
  const file = fileURLToPath(new URL(`../assets/paths/${world}.json`, import.meta.url));
  const { path } = JSON.parse(await readFile(file, 'utf8'));
  const step = (path.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, number) => path[Math.round(number * step)].camera.join(','));
}

/** All visits: each network and processor, each mode in turn the first. */
function plan() {
  const runs = [...Array(Number(values.runs)).keys()];
  const modes = values.modes.split(',');
  const all = Object.keys(NETWORKS).flatMap((network) => Object.keys(PROCESSORS).flatMap((processor) => runs.flatMap((run) =>
    modes.map((_, place) => ({ network, processor, mode: modes[(place + run) % modes.length], run })))));
  const named = all.map((one) => ({ ...one, name: `${one.network}, ${one.processor}, ${one.mode}` }));
  return named.filter(({ name }) => name.includes(values.only));
}

/** By networks, processors and modes, not by runs. */
function sorted(visits) {
  const lists = [NETWORKS, PROCESSORS, MODES].map(Object.keys);
  const place = ({ network, processor, mode }) =>
    [network, processor, mode].reduce((sum, name, at) => 10 * sum + lists[at].indexOf(name), 0);
  return [...visits].sort((a, b) => place(a) - place(b));
}

/** The servers: one that keeps nothing is started anew for each visit. */
async function openServers(folder, modes) {
  const baked = resolve(values.baked ?? join(folder, 'baked'));
  if (modes.has('nginx')) await bake(values.binary, baked, values.world);
  const lasting = {
    recipes: modes.has('recipes') && await startGable(values.binary, folder, MODES.recipes),
    nginx: modes.has('nginx') && await Nginx.start(join(folder, 'nginx'), baked),
  };
  const open = async (mode) => lasting[mode] || startGable(values.binary, folder, MODES[mode]);
  const leave = async (mode, server) => mode in lasting || server.stop();
  const stop = () => Promise.all(Object.values(lasting).map((server) => server && server.stop()));
  return { open, leave, stop };
}

/** All who have seen the last view have seen the same. */
function check(visits) {
  const seen = visits.filter(({ triangles }) => triangles !== undefined);
  const other = seen.find(({ triangles }) => triangles !== seen[0].triangles);
  if (other) throw new Error(`${other.name} shows ${other.triangles} triangles, and ${seen[0].name} ${seen[0].triangles}`);
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'gable-browser-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  values.binary = values.binary.includes('/') ? resolve(values.binary) : values.binary;
  const cameras = await camerasOf(values.world, Number(values.views));
  const size = values.size.split('x').map(Number);
  const visits = plan();
  const servers = await openServers(folder, new Set(visits.map(({ mode }) => mode)));
  for (const one of visits) {
    const server = await servers.open(one.mode);
    const seen = await visit({
      server: server.base, path: `/${values.world}/tileset.json`, network: NETWORKS[one.network], cameras, size,
      slowdown: PROCESSORS[one.processor], generate: MODES[one.mode].generate,
    });
    await servers.leave(one.mode, server);
    Object.assign(one, seen);
    if (values.json) await writeFile(values.json, JSON.stringify({ values, cameras, visits }));
    const times = seen.views.map(({ seconds }) => seconds.toFixed(2));
    console.error(`${one.name}: ${times.join(' ')} s, ${(seen.down / 1e6).toFixed(2)} MB`);
    if (seen.failures.length > 0) throw new Error(`${one.name}: ${seen.failures.join('; ')}`);
  }
  await servers.stop();
  check(visits);
  console.log(`${values.world}, ${cameras.length} views, ${values.size}: medians of ${values.runs} runs\n`);
  console.log(table(sorted(visits), cameras.length));
}

// Servers end with this script, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
main().then(() => process.exit(0), (error) => {
  console.error(error.stack);
  process.exit(1);
});
