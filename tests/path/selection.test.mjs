// `node --test path/selection.test.mjs`
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstNeeds, viewsOf } from './selection.mjs';

/** Two levels over a square of 200 m around the origin: all tiles exist, three of the four small ones have content. */
const layer = {
  name: 'tiny',
  levels: 2,
  error: 10,
  look: async ([level, x, y]) => ({ tile: true, content: level === 0 || x + y > 0 }),
  box: ([level, x, y]) => {
    const size = 200 / 2 ** level;
    const low = [-100 + x * size, -100 + y * size, 0];
    return { low, high: [low[0] + size, low[1] + size, 10] };
  },
};
const options = { height: 1080, allowed: 16 };
const keys = ({ needed }) => needed.map(({ key }) => key);

test('from afar the root is enough; from near the camera needs the small tiles that it sees, and the root', async () => {
  const [far, near] = await viewsOf([layer], [
    { time: 0, camera: [-2000, 0, 5, 0, 0, 5] },
    { time: 1, camera: [-50, 10, 5, 100, 10, 5] },
  ], options);
  assert.deepEqual(keys(far), ['tiny/0/0/0']);
  // Away by 1900 m: 10 m are 10 * 1080 / (1900 * 2 * tan 30 degrees) pixels.
  assert.ok(Math.abs(far.needed[0].error - 4.92) < 0.01);
  assert.deepEqual(keys(near), ['tiny/0/0/0', 'tiny/1/1/0', 'tiny/1/0/1', 'tiny/1/1/1']);
});

test('what lies behind the camera is not needed, and a tile is new once', async () => {
  const camera = [50, 50, 5, 200, 50, 5];
  const views = await viewsOf([layer], [{ time: 0, camera }, { time: 1, camera }], options);
  assert.deepEqual(keys(views[0]), ['tiny/0/0/0', 'tiny/1/1/0', 'tiny/1/1/1']);
  assert.deepEqual(firstNeeds(views).map(({ time }) => time), [0, 0, 0]);
});
