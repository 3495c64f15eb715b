// The implicit trees of a tileset, read as a client of 3D Tiles 1.1 reads them.
import { fetchBytes, PLAIN } from './http.mjs';

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
export class Layer {
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

  /** The roots of the subtrees that lead to a tile, from the top. */
  subtreesOf([level, x, y]) {
    const tops = Array.from({ length: Math.floor(level / this.subtreeLevels) + 1 }, (_, number) => number * this.subtreeLevels);
    return tops.map((top) => [top, x >> (level - top), y >> (level - top)]);
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

/** Layers of a tileset, and its bytes on the wire. */
export async function openTileset(server, world) {
  const address = `${server}/${world}/tileset.json`;
  const bytes = await fetchBytes(address, 'br');
  const { root } = JSON.parse(await fetchBytes(address, PLAIN));
  return { tilesetBytes: bytes.length, layers: root.children.map((tile) => new Layer(server, world, tile)) };
}
