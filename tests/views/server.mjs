// The real server, started as users start it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { get, getOk } from '../path/http.mjs';

const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

/** Looks until something is so, for a minute. */
async function until(what, holds) {
  for (let look = 0; look < 600; look += 1) {
    if (await holds()) return;
    await sleep(0.1);
  }
  throw new Error(`in a minute, ${what}`);
}

/** A `gable serve` of this script's own. */
export class Server {
  /** Starts `binary serve` with an empty cache at a free port, and waits until it has measured its own pace. */
  static async start(binary, options) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'gable-views-'));
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    server.child = spawn(binary, ['serve', '--bind', '127.0.0.1:0', ...flags], {
      cwd: server.folder, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, GABLE_LOG: 'error' },
    });
    server.ended = new Promise((done) => server.child.once('exit', done).once('error', done));
    server.end = () => server.child.kill('SIGKILL');
    process.once('exit', server.end);
    const lines = createInterface({ input: server.child.stdout });
    const line = await Promise.race([new Promise((done) => lines.once('line', done)), server.ended]);
    server.base = /^Gable serves at (http:\S+?)\/?$/.exec(line)?.[1];
    if (!server.base) throw new Error(`${binary} does not serve: ${line}`);
    const measured = async () => (await get(`${server.base}/calibration.json`, {})).status === 200;
    await until('the server did not measure itself', measured);
    return server;
  }

  /** Values of `/metrics` by name. */
  async metrics() {
    const text = (await getOk(`${this.base}/metrics`, {})).bytes.toString();
    return new Map(text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }));
  }

  /** CPU seconds of generations so far, when none is under way. */
  async generationSeconds() {
    let metrics;
    await until('generations did not end', async () => {
      metrics = await this.metrics();
      return metrics.get('gable_jobs') === 0;
    });
    return metrics.get('gable_generation_seconds_sum') ?? 0;
  }

  async stop() {
    this.child.kill('SIGTERM');
    await Promise.race([this.ended, sleep(5)]);
    this.end();
    process.removeListener('exit', this.end);
    await rm(this.folder, { recursive: true });
  }
}
