// `node --test views/simulation.test.mjs`
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './clock.mjs';
import { Link } from './link.mjs';
import { Places } from './places.mjs';
import { quantile, timesOf } from './report.mjs';

const close = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('transfers share the bandwidth equally', async () => {
  const clock = new Clock();
  const link = new Link(clock, 100);
  const send = async (time, bytes) => {
    await clock.until(time);
    await link.transfer(bytes);
    return clock.now;
  };
  // Alone for a second (100 bytes), then two of them: 50 a second each. The short one ends at 3, the long one is alone again.
  const ends = Promise.all([send(0, 300), send(1, 100), send(10, 0), send(20, 50), send(20, 50)]);
  await clock.run();
  const [long, little, nothing, ...twins] = await ends;
  close(little, 3);
  close(long, 4);
  close(nothing, 10);
  twins.forEach((end) => close(end, 21));
  close(link.received, 500);
});

test('places are given by urgency at the moment when one is free', async () => {
  const clock = new Clock();
  const places = new Places(2);
  const order = [];
  const item = (name, view, error) => ({ name, view, error });
  const work = (one, seconds) => places.with(one, async () => {
    order.push(`${one.name} at ${clock.now}`);
    await clock.after(seconds);
  });
  const late = item('late', 0, 1);
  const all = Promise.all([
    work(item('first', 0, 9), 1), work(item('second', 0, 8), 3), work(item('coarse', 0, 5), 1), work(item('fine', 0, 3), 1),
    work(late, 1),
  ]);
  late.view = 1;
  await clock.run();
  await all;
  assert.deepEqual(order, ['first at 0', 'second at 0', 'late at 1', 'coarse at 2', 'fine at 3']);
});

test('the clock leaps, but goes with the wall while it waits for something outside', async () => {
  const clock = new Clock();
  const wall = performance.now();
  const real = () => new Promise((done) => setTimeout(done, 50));
  const ran = (async () => {
    await clock.until(1000);
    const beside = clock.after(0.01).then(() => clock.now);
    await clock.outside(real());
    return [await beside, clock.now];
  })();
  await clock.run();
  const [beside, end] = await ran;
  close(beside, 1000.01);
  assert.ok(end > 1000.045 && end < 1005, `${end}`);
  assert.ok(performance.now() - wall < 10_000);
});

test('figures of delays', () => {
  assert.equal(quantile([3, 1, 2, 4], 0.5), 2);
  assert.equal(quantile([1], 0.95), 1);
  const { first, mean, p95, complete } = timesOf([3, 0.5, 0, 0]);
  assert.deepEqual([first, mean, p95, complete], [3, 0.875, 3, 0.625]);
});
