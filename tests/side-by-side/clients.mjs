// Clients, each shown one view through a network: when it was complete, and what that took.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { show } from '../browser/show.mjs';
import { Proxy } from './network.mjs';
import { cpuSeconds, memoryBytes } from './processes.mjs';

/** The camera of `gable view` (`x,y,z,heading,pitch`) as eye and target. */
export function eyeAndTarget(camera) {
  const [x, y, z, heading, pitch] = camera.split(',').map(Number);
  const [turn, tilt] = [heading, pitch].map((degrees) => (degrees * Math.PI) / 180);
  const ahead = [Math.sin(turn) * Math.cos(tilt), Math.cos(turn) * Math.cos(tilt), Math.sin(tilt)];
  return [x, y, z, x + 100 * ahead[0], y + 100 * ahead[1], z + 100 * ahead[2]].join(',');
}

/** What a client takes from its start until its picture is drawn. */
class Meter {
  #server;
  #start = Date.now();
  #cpuAtFirst;
  #taken;

  static async start(server, network) {
    const meter = new Meter();
    meter.#server = server.child.pid;
    meter.proxy = await Proxy.start(server.base, network, () => { meter.#cpuAtFirst = cpuSeconds(meter.#server); });
    meter.#start = Date.now();
    return meter;
  }

  /** The picture is drawn: what follows is not counted. */
  end() {
    const { proxy } = this;
    const cpu = cpuSeconds(this.#server);
    this.#taken = {
      down: proxy.down.bytes, up: proxy.up.bytes, requests: proxy.requests.length, connections: proxy.connections,
      cpu: cpu - this.#cpuAtFirst, cpuSinceStart: cpu, memory: memoryBytes(this.#server), log: [...proxy.requests],
    };
  }

  /** Figures of a view in which nothing was missing from a moment on, and whose picture was drawn at another. */
  figures({ ready, drawn }) {
    const { log } = this.#taken;
    const start = this.#start;
    const first = log[0].asked;
    const tileset = log.find(({ path }) => path.endsWith('/tileset.json')).asked;
    const last = Math.max(...log.map(({ answered }) => answered));
    const seconds = (from, to) => (to - from) / 1000;
    return {
      ready: seconds(first, ready), readySinceTileset: seconds(tileset, ready), lastByte: seconds(first, last),
      drawn: seconds(first, drawn), drawnSinceStart: seconds(start, drawn), ...this.#taken,
      log: log.map((request) => ({ ...request, asked: request.asked - start, answered: request.answered - start })),
    };
  }
}

/** The log in which `gable view` says that it begins with its device, which is when its clock begins. */
const LOG = 'error,wgpu_core::instance=debug';

/** Runs `gable view`: what it prints, when its clock began, and when the picture was `drawn`, at which `end` is called. */
async function runGable(binary, flags, { folder, picture, end }) {
  const env = { ...process.env, GABLE_CACHE: join(folder, 'modules'), GABLE_LOG: LOG };
  const child = spawn(binary, ['view', ...flags, '--screenshot', picture, '--json'], { env });
  const texts = { out: '', log: '' };
  let [opened, drawn] = [];
  // The file of the picture is made when the pixels are there.
  const watcher = watch(dirname(picture), (_, name) => {
    if (name !== basename(picture)) return;
    watcher.close();
    drawn = Date.now();
    // It stands still while it is looked at.
    child.kill('SIGSTOP');
    end();
    child.kill('SIGCONT');
  });
  child.stdout.on('data', (bytes) => { texts.out += bytes; });
  child.stderr.on('data', (bytes) => {
    texts.log += bytes;
    if (texts.log.includes('wgpu_core::instance')) opened ??= Date.now();
  });
  const code = await new Promise((done, fail) => child.once('close', done).once('error', fail));
  watcher.close();
  if (code !== 0) throw new Error(`gable view: ${texts.log}`);
  return { ...JSON.parse(texts.out), opened, drawn };
}

/** `gable view`, with what `kept` has of earlier visits. */
async function gable(server, network, { binary, world, camera, size, seconds, quality, picture, kept, keep }) {
  const folder = await mkdtemp(join(tmpdir(), 'gable-side-by-side-'));
  if (kept) await cp(kept, folder, { recursive: true });
  const meter = await Meter.start(server, network);
  const flags = [meter.proxy.base, '--world-name', world, `--camera=${camera}`, '--size', size, '--quality', quality];
  try {
    const seen = await runGable(binary, [...flags, '--timeout', seconds], { folder, picture, end: () => meter.end() });
    if (keep) await cp(folder, keep, { recursive: true });
    const { tiles, triangles, generated, opened, drawn } = seen;
    return { ...meter.figures({ ready: opened + 1000 * seen.seconds, drawn }), tiles, triangles, generated };
  } finally {
    meter.proxy.stop();
    await rm(folder, { recursive: true });
  }
}

/** An unmodified viewer in a fresh Chromium. */
async function browser(viewer, server, network, { world, camera, size, seconds, picture }) {
  const meter = await Meter.start(server, network);
  const [width, height] = size.split('x').map(Number);
  let moments;
  const measure = (told) => {
    meter.end();
    moments = told;
  };
  try {
    const seen = await show(viewer, {
      tileset: `${meter.proxy.base}/${world}/tileset.json`, camera: eyeAndTarget(camera), width, height,
      milliseconds: 1000 * Number(seconds), output: picture, measure,
    });
    const wrong = [...seen.failures, ...seen.refused];
    if (wrong.length > 0) throw new Error(`${viewer}: ${wrong.join('; ')}`);
    return { ...meter.figures(moments), tiles: seen.selected, triangles: seen.triangles, generated: 0 };
  } finally {
    meter.proxy.stop();
  }
}

/** By name: each shows a view of a server's world through a network. */
export const CLIENTS = {
  'gable view': gable,
  'gable view, again': gable,
  CesiumJS: (...view) => browser('cesium', ...view),
  '3d-tiles-renderer': (...view) => browser('three', ...view),
};
