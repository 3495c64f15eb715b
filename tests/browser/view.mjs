// Shows a tileset in an unmodified viewer:
// `node tests/browser/view.mjs cesium|three TILESET_URL OUT.png --camera=X,Y,Z,TX,TY,TZ [--size 960x540] [--seconds 120]
// [--generate] [--ending]`
//
// Headless Chromium draws until the view is complete; what came of it is printed as JSON: tiles, failures, levels, triangles,
// requests by kind, contents, errors of the console, the properties of a feature that was picked, statistics of the picture. With
// `--generate` the page has our script (viewer/web), with `--ending` its workers are ended in the middle.
import { parseArgs } from 'node:util';
import { show } from './show.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    camera: { type: 'string', default: '-300,-500,350,150,0,0' },
    size: { type: 'string', default: '960x540' },
    seconds: { type: 'string', default: '120' },
    generate: { type: 'boolean', default: false },
    ending: { type: 'boolean', default: false },
  },
});
const [viewer, tileset, output] = positionals;
if (positionals.length !== 3 || !['cesium', 'three'].includes(viewer)) {
  console.error('usage: node tests/browser/view.mjs cesium|three TILESET_URL OUT.png --camera=X,Y,Z,TX,TY,TZ');
  process.exit(2);
}
const [width, height] = values.size.split('x').map(Number);

try {
  const milliseconds = 1000 * Number(values.seconds);
  const { camera, generate, ending } = values;
  const seen = await show(viewer, { tileset, camera, width, height, milliseconds, output, generate, ending });
  console.log(JSON.stringify(seen));
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
