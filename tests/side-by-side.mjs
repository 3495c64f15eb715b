// Viewers side by side: `node tests/side-by-side.mjs --binary target/release/gable [--world san-francisco]
// [--camera=X,Y,Z,HEADING,PITCH] [--size 960x540] [--runs 3] [--quality low] [--pictures FOLDER] [--json FILE]`
//
// `gable view`, unmodified CesiumJS and unmodified 3d-tiles-renderer (three.js) show the same world of the same `gable serve`
// from the same camera (60 degrees of height) in a picture of the same size, with the 16 pixels of screen-space error that are
// the default of each. A run has a client with empty caches; `gable view, again` has the modules, compiled, and the assets
// of an earlier visit in which it generated. Servers are cold (just started: they have measured themselves and keep nothing) or
// warm (all clients have been there, and all meshes of the view are kept). All clients come through the same TCP proxy
// (side-by-side/network.mjs), whose bandwidth all connections of a client share. It knows no slow start and no loss.
//
// What is measured, by the same definition for all:
// - *ready*: seconds from the first byte of the first request to the tile server until nothing is missing in the view. By then
//   the browser, the page and the viewer's own code are there; they do not pass through the proxy. In brackets from the request
//   for tileset.json, which `gable view` makes beside others. It opens its graphics device meanwhile, pages before.
// - *last byte*: from the first byte of the first request until the last byte that came before the picture was drawn, needed for
//   the view or not (`gable view` measures its own pace meanwhile).
// - *drawn*: until the picture is drawn and can be read. Pages wait some frames before they believe that nothing is missing,
//   which is not counted. In brackets from the start of the process, with the browser and the viewer's own code.
// - *MB*, *kB up*: bytes to and from the client with the heads of HTTP and without those of TCP.
// - *requests*, and connections in brackets.
// - *CPU*: of all processes of the client, user and system, from the first request until drawn; from the start in brackets.
// - *memory*: of all processes of the client when the picture is drawn (proportional set size).
// - *recipes*: tiles that the client generated.
// Medians of the runs; clients take turns in being the first. Linux only. `--only TEXT` takes the runs whose name has this text
// (such as `cold, 100 Mbit/s, 20 ms, CesiumJS`); `--json FILE` keeps all runs, with the time of each request.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { getOk } from './path/http.mjs';
import { CLIENTS } from './side-by-side/clients.mjs';
import { sights, tables } from './side-by-side/report.mjs';
import { Server } from './views/server.mjs';

const NETWORKS = {
  'no limit': { megabits: Infinity, rtt: 0 },
  '100 Mbit/s, 20 ms': { megabits: 100, rtt: 20 },
  '20 Mbit/s, 50 ms': { megabits: 20, rtt: 50 },
};
const STATES = ['cold', 'warm'];
const CODINGS = 'gzip, deflate, br, zstd';

const { values } = parseArgs({
  options: {
    binary: { type: 'string', default: 'gable' },
    world: { type: 'string', default: 'san-francisco' },
    camera: { type: 'string', default: '-250,-330,180,35,-24' },
    size: { type: 'string', default: '960x540' },
    runs: { type: 'string', default: '3' },
    quality: { type: 'string', default: 'low' },
    seconds: { type: 'string', default: '300' },
    only: { type: 'string', default: '' },
    pictures: { type: 'string' },
    json: { type: 'string' },
  },
});

/** A server that does nothing but wait. */
async function startServer(options = {}) {
  const server = await Server.start(values.binary, options);
  await server.generationSeconds();
  return server;
}

/** A client's look at the view. */
async function look(server, client, network, more = {}) {
  const picture = join(values.pictures, `${client}.png`);
  await rm(picture, { force: true });
  return CLIENTS[client](server, NETWORKS[network], { ...values, picture, ...more });
}

/** Lets all clients look, and asks for the meshes of what some have got as recipes. */
async function warm(server, kept) {
  for (const client of Object.keys(CLIENTS)) {
    const { log } = await look(server, client, 'no limit', visit(client, kept));
    for (const { path } of log.filter(({ path }) => path.includes('/tile/'))) {
      await getOk(`${server.base}${path.replace('/tile/', '/content/').replace(/\?.*/, '')}.glb`, { 'accept-encoding': CODINGS });
    }
  }
  await server.generationSeconds();
}

const visit = (client, kept) => (client.endsWith('again') ? { kept } : {});

/** The order of clients in a run: each is the first in turn. */
function turns(run) {
  const clients = Object.keys(CLIENTS);
  return clients.map((_, place) => clients[(place + run) % clients.length]);
}

/** All runs with servers of a state; a warm one stays. */
async function runsOf(state, kept) {
  const names = Object.keys(NETWORKS).flatMap((network) => [...Array(Number(values.runs)).keys()].flatMap((run) =>
    turns(run).map((client) => ({ network, run, client }))));
  const chosen = names.filter(({ network, client }) => `${state}, ${network}, ${client}`.includes(values.only));
  const runs = [];
  let server;
  for (const { network, run, client } of chosen) {
    const isFresh = !server;
    server ??= await startServer();
    if (isFresh && state === 'warm') await warm(server, kept);
    const figures = await look(server, client, network, visit(client, kept));
    runs.push({ state, network, client, run, ...figures });
    console.error(`${state}, ${network}, ${client}: ${figures.ready.toFixed(2)} s`);
    if (state === 'warm') continue;
    await server.stop();
    server = undefined;
  }
  await server?.stop();
  return runs;
}

/** What a visit leaves in a cache in which the client has generated, since the server counts nothing but its own seconds. */
async function visitOnce(folder, keep) {
  const config = join(folder, 'gable.toml');
  await writeFile(config, '[weights]\nedge_second = 1e9\n');
  const server = await startServer({ config });
  await look(server, 'gable view', 'no limit', { keep });
  await server.stop();
}

/** A client that sees something else in one of its runs was not done. */
function check(runs) {
  for (const { client, triangles } of runs) {
    const other = runs.find((run) => run.client === client && run.triangles !== triangles);
    if (other) throw new Error(`${client} shows ${triangles} triangles, and ${other.triangles} in another run`);
  }
}

/** By the order of clients and networks, not of runs. */
function sorted(runs) {
  const place = ({ network, client }) => [Object.keys(NETWORKS).indexOf(network), Object.keys(CLIENTS).indexOf(client)];
  return [...runs].sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'gable-side-by-side-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  values.binary = values.binary.includes('/') ? resolve(values.binary) : values.binary;
  values.pictures = resolve(values.pictures ?? join(folder, 'pictures'));
  await mkdir(values.pictures, { recursive: true });
  const kept = join(folder, 'kept');
  await visitOnce(folder, kept);
  const runs = [];
  for (const state of STATES) runs.push(...await runsOf(state, kept));
  if (values.json) await writeFile(values.json, JSON.stringify({ values, runs }));
  check(runs);
  console.log(`${values.world}, ${values.camera}, ${values.size}: medians of ${values.runs} runs\n`);
  console.log(`${tables(sorted(runs))}\n\n${sights(sorted(runs))}`);
}

// Servers end with this script, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
main().then(() => process.exit(0), (error) => {
  console.error(error.stack);
  process.exit(1);
});
