// What a walk through a world costs on the wire: `node tests/path.mjs SERVER WORLD PATH.json [--errors 16] [--height 1080]`
//
// SERVER is the address of a running `gable serve`. The camera of the recorded path (places and views in metres of the world's
// own frame, one a second) selects tiles by screen-space error as CesiumJS and 3d-tiles-renderer do, without a browser. Each
// tile that is needed is fetched once, as content and as recipe, coded by brotli; the sums are printed by layer and level.
// `--times` prints instead when each tile is first needed, as JSON.
import { request as get } from 'node:http';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const FIELD_OF_VIEW = Math.PI / 3;
const ASPECT = 16 / 9;
/** No coding. */
const PLAIN = 'identity';

/** Fetches: the bytes as they were on the wire. */
function fetchBytes(address, coding) {
  return new Promise((done, fail) => {
    const call = get(address, { headers: { 'accept-encoding': coding, accept: '*/*' } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => response.statusCode === 200
        ? done(Buffer.concat(chunks)) : fail(new Error(`${response.statusCode} ${address}`)));
    });
    call.on('error', fail);
    call.end();
  });
}

/** A subtree's availability: `(kind, number) => boolean`, with the levels that it has. */
function readSubtree(bytes, levels) {
  const jsonLength = Number(bytes.readBigUInt64LE(8));
  const json = JSON.parse(bytes.subarray(24, 24 + jsonLength).toString());
  const binary = bytes.subarray(24 + jsonLength);
  const bits = ({ constant, bitstream }) => {
    if (bitstream === undefined) return () => constant === 1;
    const { byteOffset = 0 } = json.bufferViews[bitstream];
    return (number) => ((binary[byteOffset + (number >> 3)] >> (number & 7)) & 1) === 1;
  };
  const none = { constant: 0 };
  return {
    levels,
    tile: bits(json.tileAvailability),
    content: bits(json.contentAvailability?.[0] ?? none),
    child: bits(json.childSubtreeAvailability),
  };
}

function morton(x, y) {
  let code = 0;
  for (let bit = 0; bit < 24; bit += 1) code += ((x >> bit) & 1) * 4 ** bit + ((y >> bit) & 1) * 2 * 4 ** bit;
  return code;
}

/** An implicit tree of a tileset: its tiles on demand. */
class Layer {
  constructor(server, world, tile) {
    this.base = `${server}/${world}/`;
    this.content = tile.content.uri;
    this.name = this.content.split('/')[0];
    this.subtreeUri = tile.implicitTiling.subtrees.uri;
    this.subtreeLevels = tile.implicitTiling.subtreeLevels;
    this.levels = tile.implicitTiling.availableLevels;
    this.error = tile.geometricError;
    const [cx, cy, cz, hx, , , , hy, , , , hz] = tile.boundingVolume.box;
    this.low = [cx - hx, cy - hy, cz - hz];
    this.high = [cx + hx, cy + hy, cz + hz];
    this.subtrees = new Map();
    this.subtreeBytes = 0;
  }

  address(template, [level, x, y]) {
    return this.base + template.replace('{level}', level).replace('{x}', x).replace('{y}', y);
  }

  async subtree(root) {
    const key = root.join('/');
    if (!this.subtrees.has(key)) {
      const bytes = await fetchBytes(this.address(this.subtreeUri, root), PLAIN);
      this.subtreeBytes += bytes.length;
      this.subtrees.set(key, readSubtree(bytes, this.subtreeLevels));
    }
    return this.subtrees.get(key);
  }

  /** Whether there is a tile and whether it has content. */
  async look([level, x, y]) {
    const top = level - (level % this.subtreeLevels);
    const shift = level - top;
    if (top > 0 && shift === 0) {
      const above = top - this.subtreeLevels;
      const parent = await this.subtree([above, x >> this.subtreeLevels, y >> this.subtreeLevels]);
      const mask = (1 << this.subtreeLevels) - 1;
      if (!parent.child(morton(x & mask, y & mask))) return { tile: false, content: false };
    }
    const subtree = await this.subtree([top, x >> shift, y >> shift]);
    const mask = (1 << shift) - 1;
    const number = (4 ** shift - 1) / 3 + morton(x & mask, y & mask);
    return { tile: subtree.tile(number), content: subtree.content(number) };
  }

  box([level, x, y]) {
    const size = [0, 1].map((axis) => (this.high[axis] - this.low[axis]) / 2 ** level);
    const low = [this.low[0] + x * size[0], this.low[1] + y * size[1], this.low[2]];
    return { low, high: [low[0] + size[0], low[1] + size[1], this.high[2]] };
  }
}

const minus = (a, b) => a.map((value, k) => value - b[k]);
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => a.map((value) => value / Math.sqrt(dot(a, a)));

/** What a camera sees: the four planes of its sides and the one behind it, and the distance to boxes. */
class View {
  constructor([eyeX, eyeY, eyeZ, ...target], height) {
    this.eye = [eyeX, eyeY, eyeZ];
    this.height = height;
    const forward = unit(minus(target, this.eye));
    const right = unit(cross(forward, [0, 0, 1]));
    const up = cross(right, forward);
    const tall = Math.tan(FIELD_OF_VIEW / 2);
    const plane = (side, share) => unit(forward.map((value, k) => value * share + side[k]));
    const opposite = (side) => side.map((value) => -value);
    this.planes = [
      forward, plane(up, tall), plane(opposite(up), tall), plane(right, tall * ASPECT), plane(opposite(right), tall * ASPECT),
    ];
  }

  sees({ low, high }) {
    return this.planes.every((normal) => {
      const farthest = normal.map((value, k) => (value > 0 ? high[k] : low[k]));
      return dot(normal, minus(farthest, this.eye)) >= 0;
    });
  }

  /** Pixels by which the picture is wrong when a box is drawn with an error in metres. */
  screenError(error, { low, high }) {
    const away = this.eye.map((value, k) => Math.max(low[k] - value, 0, value - high[k]));
    return (error * this.height) / (Math.max(Math.sqrt(dot(away, away)), 1e-7) * 2 * Math.tan(FIELD_OF_VIEW / 2));
  }
}

/** The tiles with content that a view of a layer needs: those drawn, and those above that come first. */
async function select(layer, view, allowed) {
  const needed = [];
  const visit = async (tile) => {
    const { tile: there, content } = await layer.look(tile);
    const box = layer.box(tile);
    if (!there || !view.sees(box)) return;
    if (content) needed.push(tile);
    const [level, x, y] = tile;
    if (level + 1 >= layer.levels || view.screenError(layer.error / 2 ** level, box) <= allowed) return;
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) await visit([level + 1, 2 * x + dx, 2 * y + dy]);
  };
  await visit([0, 0, 0]);
  return needed;
}

/** Layers of a tileset. */
async function open(server, world) {
  const bytes = await fetchBytes(`${server}/${world}/tileset.json`, 'br');
  const { root } = JSON.parse(await fetchBytes(`${server}/${world}/tileset.json`, PLAIN));
  return { tilesetBytes: bytes.length, layers: root.children.map((tile) => new Layer(server, world, tile)) };
}

/** When each tile is first needed, seconds. */
async function walk(layers, path, { height, allowed }) {
  const first = [];
  const known = new Set();
  for (const { time, camera } of path) {
    const view = new View(camera, height);
    for (const layer of layers) {
      for (const tile of await select(layer, view, allowed)) {
        const key = `${layer.name}/${tile.join('/')}`;
        if (known.has(key)) continue;
        known.add(key);
        first.push({ time, layer, tile });
      }
    }
  }
  return first;
}

/** The addresses of the images of a GLB. */
function images(glb, address) {
  const json = JSON.parse(glb.subarray(20, 20 + glb.readUInt32LE(12)).toString());
  return (json.images ?? []).filter((image) => image.uri).map((image) => new URL(image.uri, address).href);
}

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
  const manifest = JSON.parse(await fetchBytes(`${server}/${world}/manifest.json`, PLAIN));
  const files = new Map([[manifest.kernel.uri, 'kernel']]);
  for (const layer of manifest.layers) {
    for (const module of layer.modules) files.set(module.uri, 'modules');
    for (const asset of layer.assets) files.set(asset.uri, /\.(png|jpe?g)$/i.test(asset.name) ? 'images' : 'models');
  }
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
  const { tilesetBytes, layers } = await open(server, world);
  const first = await walk(layers, path, { height: Number(values.height), allowed: Number(values.errors) });
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
