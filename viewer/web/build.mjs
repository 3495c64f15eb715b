// Builds the scripts that pages use, and the pages that are examples: `node build.mjs FOLDER`.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

/** Where `cargo xtask web` puts what it compiles. */
const WASM = 'node_modules/.wasm';
const [outdir = 'dist'] = process.argv.slice(2);
rmSync(outdir, { recursive: true, force: true });
const options = { outdir, bundle: true, minify: true, target: 'es2022', logLevel: 'warning' };
await build({
  ...options,
  entryPoints: { 'gable-sw': 'src/service/sw.ts', 'gable-worker': 'src/generate/worker.ts', gable: 'src/page/gable.ts' },
  format: 'iife',
});
await buildViewer();
await buildPlayground();
await buildExamples();

/** The page at `/`, and the viewer's WebAssembly with the scripts that load it. */
async function buildViewer() {
  const loaders = readdirSync(WASM).filter((file) => file.endsWith('.js'));
  await build({
    ...options,
    entryPoints: { home: 'src/home/home.ts', ...Object.fromEntries(loaders.map((file) => [file.slice(0, -3), join(WASM, file)])) },
    format: 'esm',
  });
  for (const file of ['index.html', 'home.css']) copyFileSync(join('src/home', file), join(outdir, file));
  for (const file of readdirSync(WASM).filter((name) => name.endsWith('.wasm'))) copyFileSync(join(WASM, file), join(outdir, file));
  for (const file of readdirSync(outdir).filter((name) => /^(home|gable-view.*)\.(js|css|wasm)$/.test(name))) pack(file);
}

/** The page at `/play`, and the compiler's WebAssembly. */
async function buildPlayground() {
  const folder = 'src/play';
  const entryPoints = { play: join(folder, 'play.ts'), 'gable-play-worker': join(folder, 'worker.ts') };
  const { metafile } = await build({ ...options, entryPoints, format: 'esm', metafile: true });
  for (const file of ['play.html', 'play.css']) copyFileSync(join(folder, file), join(outdir, file));
  copyFileSync(join(WASM, 'gable-author.wasm'), join(outdir, 'gable-author.wasm'));
  for (const file of ['play.js', 'play.css', 'gable-play-worker.js', 'gable-author.wasm']) pack(file);
  writeLicences('play', metafile);
}

/** Viewers of others on our worlds. What is in them is said beside them, with its licences. */
async function buildExamples() {
  const { metafile } = await build({
    ...options,
    entryPoints: { three: 'src/examples/three.ts', cesium: 'src/examples/cesium.ts' },
    format: 'esm',
    metafile: true,
    legalComments: 'none',
    // Cesium would load files of its own from there: none of them is needed.
    define: { CESIUM_BASE_URL: '"/"' },
    alias: { '@spz-loader/core': './src/examples/absent/splats.ts', meshoptimizer: 'meshoptimizer/decoder' },
    plugins: [{
      name: 'absent',
      setup: ({ onResolve }) => onResolve({ filter: /\/(ApproximateTerrainHeights|Iau2006XysData)\.js$/ }, ({ path }) => {
        return { path: resolve('src/examples/absent', basename(path).replace('.js', '.ts')) };
      }),
    }],
  });
  for (const file of ['three.html', 'cesium.html', 'examples.css']) {
    copyFileSync(join('src/examples', file), join(outdir, file));
  }
  for (const name of ['three', 'cesium']) {
    pack(`${name}.js`);
    writeLicences(name, metafile);
  }
}

/** A file of ours is kept in Brotli. */
function pack(name) {
  const bytes = readFileSync(join(outdir, name));
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(join(outdir, `${name}.br`), brotliCompressSync(bytes, { params }));
  rmSync(join(outdir, name));
}

/** What is in a script of others' packages is said beside it, with their licences. */
function writeLicences(name, { outputs }) {
  const [, { inputs }] = Object.entries(outputs).find(([file]) => file.endsWith(`/${name}.js`));
  const packages = new Set(Object.keys(inputs).map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean));
  writeFileSync(join(outdir, `${name}.licenses.txt`), [...packages].sort().map(licence).join('\n\n'));
  pack(`${name}.licenses.txt`);
}

/** What a package says of its licence. */
function licence(name) {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  // One package has none: Cesium's says it for it.
  if (texts.length === 0 && !licence('@cesium/engine').includes(name)) throw new Error(`${name} has no text of its licence`);
  return [`${name} ${version} (${license})`, ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join('\n\n');
}
