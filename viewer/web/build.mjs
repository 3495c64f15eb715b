// Builds the scripts that pages use: `node build.mjs FOLDER`.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const [outdir = 'dist'] = process.argv.slice(2);
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { 'gable-sw': 'src/service/sw.ts', 'gable-worker': 'src/generate/worker.ts', gable: 'src/page/gable.ts' },
  outdir,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  logLevel: 'warning',
});
