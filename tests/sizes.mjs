// What is downloaded: `node tests/sizes.mjs --binary target/release/gable`
//
// Bodies as a running `gable serve` sends them: plain, and when gzip or brotli is all that is accepted. What it sends plain in
// spite of that counts as plain. Modules of grammars by themselves are packed here.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fetchBytes, PLAIN } from './path/http.mjs';
import { filesOf, manifestOf } from './path/content.mjs';
import { Server } from './views/server.mjs';

const CODINGS = [PLAIN, 'gzip', 'br'];
const GENERATING = ['/gable.js', '/gable-sw.js', '/gable-worker.js'];
const HOME = ['/', '/home.css', '/home.js', ...GENERATING];
const PAGES = {
  'generation in any page (gable.js and its two)': GENERATING,
  'page at `/`, WebGPU': [...HOME, '/gable-view.js', '/gable-view.wasm'],
  'page at `/`, WebGL 2': [...HOME, '/gable-view-webgl.js', '/gable-view-webgl.wasm'],
  'playground, `/play`': ['/play', '/play.css', '/play.js', '/gable-play-worker.js', '/gable-author.wasm'],
  '`/three`': ['/three', '/three.js', '/examples.css', ...GENERATING],
  '`/cesium`': ['/cesium', '/cesium.js', '/examples.css', ...GENERATING],
};

const { values } = parseArgs({ options: { binary: { type: 'string', default: 'gable' } } });
const binary = values.binary.includes('/') ? resolve(values.binary) : values.binary;
const run = promisify(execFile);

/** The sizes of what is at these paths together. */
async function sent(server, paths) {
  const sizeOf = async (path, coding) => (await fetchBytes(server + path, coding)).length;
  const sizes = await Promise.all(paths.map((path) => Promise.all(CODINGS.map((coding) => sizeOf(path, coding)))));
  return CODINGS.map((_, coding) => sizes.reduce((sum, size) => sum + size[coding], 0));
}

/** The sizes of the modules of all bundled grammars, of which not all are in a world that is served. */
async function grammars(folder) {
  const { stdout } = await run(binary, ['grammars']);
  const rows = [];
  for (const [, name] of stdout.matchAll(/^ +(\w+) {2}/gm)) {
    const file = join(folder, `${name}.wasm`);
    await run(binary, ['compile', name, '--output', file]);
    const bytes = await readFile(file);
    rows.push([`grammar ${name}`, [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length]]);
  }
  return rows;
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'gable-sizes-'));
  const server = await Server.start(binary, {});
  const rows = [];
  const manifests = await Promise.all(['san-francisco', 'endless'].map((world) => manifestOf(server.base, world)));
  rows.push(['kernel', await sent(server.base, [manifests[0].kernel.uri])]);
  for (const manifest of manifests) {
    const files = new Map(manifest.layers.flatMap((layer) => [...filesOf(manifest, layer)]));
    rows.push([`${manifest.name}: all that recipes need once`, await sent(server.base, [...files.keys()])]);
  }
  rows.push(...await grammars(folder));
  for (const [name, paths] of Object.entries(PAGES)) rows.push([name, await sent(server.base, paths)]);
  await server.stop();
  await rm(folder, { recursive: true });
  console.log('| what | plain | gzip | brotli |\n|---|---:|---:|---:|');
  for (const [name, sizes] of rows) console.log(`| ${name} | ${sizes.join(' | ')} |`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
main().then(() => process.exit(0), (error) => {
  console.error(error.stack);
  process.exit(1);
});
