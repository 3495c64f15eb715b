// What a walk through a world costs on the wire: `node tests/path.mjs SERVER WORLD PATH.json [--errors 16] [--height 1080]`
//
// SERVER is the address of a running `gable serve`. The camera of the recorded path (places and views in metres of the world's
// own frame, one a second) selects tiles by screen-space error as CesiumJS and 3d-tiles-renderer do, without a browser. Each
// tile that is needed is fetched once, as content and as recipe, coded by brotli; the sums are printed by layer and level.
// `--times` prints instead when each tile is first needed, as JSON.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { filesOf, images, manifestOf } from './path/content.mjs';
import { fetchBytes, PLAIN } from './path/http.mjs';
import { firstNeeds, viewsOf } from './path/selection.mjs';
import { openTileset } from './path/tileset.mjs';

/** Bytes of each tile in each form. */
async function weigh(first) {
  const rows = new Map();
  const textures = new Set();
  for (const { layer, tile } of first) {
    const name = `${layer.name} ${tile[0]}`;
    const row = rows.get(name) ?? { tiles: 0, recipe: 0, recipeCoded: 0, raw: 0, packed: 0, packedCoded: 0 };
    rows.set(name, row);
    const content = layer.address(layer.content, tile);
    const recipe = content.replace(/\.glb$/, '.recipe');
    const plain = await fetchBytes(`${content}?c=none`, PLAIN);
    for (const image of images(plain, content)) textures.add(image);
    row.tiles += 1;
    row.raw += plain.length;
    row.packed += (await fetchBytes(content, PLAIN)).length;
    row.packedCoded += (await fetchBytes(content, 'br')).length;
    row.recipe += (await fetchBytes(recipe, PLAIN)).length;
    row.recipeCoded += (await fetchBytes(recipe, 'br')).length;
  }
  let textureBytes = 0;
  for (const texture of textures) textureBytes += (await fetchBytes(texture, 'br')).length;
  return { rows, textures: { count: textures.size, bytes: textureBytes } };
}

/** What those who run recipes fetch once: kernel, modules, prepared models and images. */
async function once(server, world) {
  const manifest = await manifestOf(server, world);
  const files = new Map(manifest.layers.flatMap((layer) => [...filesOf(manifest, layer)]));
  const sums = {};
  for (const [uri, kind] of files) {
    const sum = (sums[kind] ??= { count: 0, bytes: 0 });
    sum.count += 1;
    sum.bytes += (await fetchBytes(server + uri, 'br')).length;
  }
  return sums;
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

function printTable(rows) {
  console.log('| layer, level | tiles | raw GLB | meshopt | meshopt + br | recipe | recipe + br | mesh / recipe, both br |');
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
  const total = { tiles: 0, recipe: 0, recipeCoded: 0, raw: 0, packed: 0, packedCoded: 0 };
  const print = (name, row) => console.log(
    `| ${[name, row.tiles, ...[row.raw, row.packed, row.packedCoded, row.recipe, row.recipeCoded].map(kilobytes),
      (row.packedCoded / row.recipeCoded).toFixed(1)].join(' | ')} |`);
  for (const [name, row] of [...rows].sort(([a], [b]) => a.localeCompare(b))) {
    print(name, row);
    for (const key of Object.keys(total)) total[key] += row[key];
  }
  print('all', total);
  return total;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      errors: { type: 'string', default: '16' }, height: { type: 'string', default: '1080' }, times: { type: 'boolean' },
    },
  });
  if (positionals.length !== 3) throw new Error('usage: node tests/path.mjs SERVER WORLD PATH.json');
  const [server, world, file] = positionals;
  const path = JSON.parse(await readFile(file, 'utf8')).path;
  const { tilesetBytes, layers } = await openTileset(server, world);
  const views = await viewsOf(layers, path, { height: Number(values.height), allowed: Number(values.errors) });
  const first = firstNeeds(views);
  if (values.times) {
    console.log(JSON.stringify(first.map(({ time, layer, tile }) => ({ time, layer: layer.name, tile }))));
    return;
  }
  const { rows, textures } = await weigh(first);
  const sums = await once(server, world);
  console.log(`${world}: ${path.length} views over ${path.at(-1).time} s; kB on the wire, each tile once\n`);
  const total = printTable(rows);
  const subtrees = layers.reduce((sum, layer) => sum + layer.subtreeBytes, 0);
  const extra = Object.values(sums).reduce((sum, { bytes }) => sum + bytes, 0);
  const list = Object.entries(sums).map(([kind, { count, bytes }]) => `${count} ${kind} ${kilobytes(bytes)}`).join(', ');
  console.log(`\nBoth: tileset.json ${kilobytes(tilesetBytes)}, subtrees ${kilobytes(subtrees)}.`);
  console.log(`Meshes besides: ${textures.count} textures ${kilobytes(textures.bytes)}; together ${kilobytes(total.packedCoded + textures.bytes)}.`);
  console.log(`Recipes besides, once: ${list}; together ${kilobytes(total.recipeCoded + extra)}.`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
