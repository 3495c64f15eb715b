// Which tiles a camera needs: by screen-space error, as CesiumJS and 3d-tiles-renderer choose, without a browser.

const FIELD_OF_VIEW = Math.PI / 3;
const ASPECT = 16 / 9;

const minus = (a, b) => a.map((value, k) => value - b[k]);
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => a.map((value) => value / Math.sqrt(dot(a, a)));

/** What a camera sees: the four planes of its sides and the one behind it, and the distance to boxes. */
export class View {
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

/** The tiles with content that a view of a layer needs, with their screen-space errors: those drawn, and those above. */
export async function select(layer, view, allowed) {
  const needed = [];
  const visit = async (tile) => {
    const { tile: there, content } = await layer.look(tile);
    const box = layer.box(tile);
    if (!there || !view.sees(box)) return;
    const [level, x, y] = tile;
    const error = view.screenError(layer.error / 2 ** level, box);
    if (content) needed.push({ tile, error });
    if (level + 1 >= layer.levels || error <= allowed) return;
    for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]]) await visit([level + 1, 2 * x + dx, 2 * y + dy]);
  };
  await visit([0, 0, 0]);
  return needed;
}

/** For each place of a path: its time and the tiles that it needs, of all layers. */
export async function viewsOf(layers, path, { height, allowed }) {
  const views = [];
  for (const { time, camera } of path) {
    const view = new View(camera, height);
    const needed = [];
    for (const layer of layers) {
      for (const { tile, error } of await select(layer, view, allowed)) {
        needed.push({ key: `${layer.name}/${tile.join('/')}`, layer, tile, error });
      }
    }
    views.push({ time, needed });
  }
  return views;
}

/** When each tile is first needed, seconds. */
export function firstNeeds(views) {
  const first = new Map();
  for (const { time, needed } of views) {
    for (const { key, layer, tile } of needed) if (!first.has(key)) first.set(key, { key, time, layer, tile });
  }
  return [...first.values()];
}
