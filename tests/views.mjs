// How soon a view is complete: `node tests/views.mjs WORLD PATH.json --binary target/release/gable [--in-flight 18]`
//
// Clients stream a bundled world along a recorded path (see path.mjs) from real servers that this script starts and ends.
// Answers, their bytes and the time that the server takes are real; networks (bandwidth shared equally, round trips) and devices
// (threads with a pace) are simulated: see views/settings.mjs. Each device on each network is served in several ways: always
// meshes, always recipes, the rule at balanced and at latency prices; from servers that keep nothing yet (cold) and from those
// that keep all meshes (warm). A view is complete when all tiles that it needs can be drawn.
//
// `--core` says how many million triangles a second a core of this machine makes, by which devices are scaled; `--only TEXT`
// takes the runs whose name (`rule, cold, phone, 4G`) has this text; `--json FILE` keeps each run's figures, delays and
// decisions; `--real-time` lets the simulation run with the wall's clock.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Client } from './views/client.mjs';
import { Clock } from './views/clock.mjs';
import { tables, timesOf } from './views/report.mjs';
import { Server } from './views/server.mjs';
import { DEVICES, NETWORKS, SERVER_CORE, SERVE_SECONDS } from './views/settings.mjs';
import { survey, warm } from './views/survey.mjs';

/** Ways to be served. Those without a word on prices are the same at all. */
const WAYS = [
  { way: 'mesh, cold', mode: 'mesh' },
  { way: 'mesh, warm', mode: 'mesh', kept: true },
  { way: 'recipe, cold', mode: 'recipe' },
  { way: 'recipe, warm', mode: 'recipe', kept: true },
  { way: 'rule, cold', mode: 'rule', weights: 'balanced' },
  { way: 'rule, warm', mode: 'rule', weights: 'balanced', kept: true },
  { way: 'rule, cold, latency', mode: 'rule', weights: 'latency' },
  { way: 'rule, warm, latency', mode: 'rule', weights: 'latency', kept: true },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    binary: { type: 'string', default: 'gable' },
    'in-flight': { type: 'string', default: '18' },
    core: { type: 'string', default: String(SERVER_CORE) },
    errors: { type: 'string', default: '16' },
    height: { type: 'string', default: '1080' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    'real-time': { type: 'boolean', default: false },
  },
});

/** One client, one server, one path. */
async function run(scene, server, { way, mode, weights }, [device, { rate, threads }], [network, link]) {
  const before = await server.generationSeconds();
  const clock = new Clock({ realTime: values['real-time'] });
  const client = new Client({
    clock, scene, server: server.base, mode, network: link, inFlight: Number(values['in-flight']),
    device: { name: device, power: rate / Number(values.core), threads },
  });
  const [delays] = await Promise.all([client.follow(), clock.run()]);
  const generations = (await server.generationSeconds()) - before;
  const { bytes, deviceSeconds, waitingSeconds, meshes, recipes, decisions } = client;
  const edgeSeconds = generations + SERVE_SECONDS * meshes;
  return {
    way, weights, device, network, ...timesOf(delays), bytes, deviceSeconds, edgeSeconds, waitingSeconds, meshes, recipes, delays,
    decisions,
  };
}

/** Does something with a server, which ends then. */
async function withServer(weights, work) {
  const server = await Server.start(values.binary, { weights: weights ?? 'balanced' });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function main() {
  if (positionals.length !== 2) throw new Error('usage: node tests/views.mjs WORLD PATH.json [--binary gable]');
  const [world, file] = positionals;
  const { path } = JSON.parse(await readFile(file, 'utf8'));
  const options = { height: Number(values.height), allowed: Number(values.errors) };
  const scene = await withServer('balanced', ({ base }) => survey(base, world, path, options));
  const clients = Object.entries(DEVICES).flatMap((device) => Object.entries(NETWORKS).map((network) => [device, network]));
  const runs = [];
  for (const way of WAYS) {
    const chosen = clients.filter(([[device], [network]]) => `${way.way}, ${device}, ${network}`.includes(values.only));
    const each = async (server, [device, network]) => {
      runs.push(await run(scene, server, way, device, network));
      console.error(`${way.way}, ${device[0]}, ${network[0]}: mean ${runs.at(-1).mean.toFixed(2)} s`);
    };
    if (chosen.length > 0 && way.kept) {
      await withServer(way.weights, async (server) => {
        await warm(server.base, scene);
        for (const client of chosen) await each(server, client);
      });
    } else {
      for (const client of chosen) await withServer(way.weights, (server) => each(server, client));
    }
  }
  if (values.json) await writeFile(values.json, JSON.stringify({ world, values, runs }));
  const work = [...scene.facts.values()].reduce((sum, fact) => sum + fact.work, 0);
  console.log(`${world}: ${scene.views.length} views, ${scene.tiles.length} tiles, ${work.toFixed(1)} s to generate on a core\n`);
  console.log(tables(runs));
}

// Servers end with this script, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
