// Figures of runs, and tables of them.
import { WAITING_SECOND, priceOf } from './settings.mjs';

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The smallest value that so large a share of all does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Seconds until views were complete, one view a second: the first, the mean, the 95th percentile, and the share of time. */
export function timesOf(delays) {
  return {
    first: delays[0], mean: mean(delays), p95: quantile(delays, 0.95),
    complete: mean(delays.map((delay) => Math.max(0, 1 - delay))),
  };
}

const short = (value) => (value < 0.995 ? value.toFixed(2) : value < 9.95 ? value.toFixed(1) : value.toFixed(0));
const millidollars = (run, weights) => short(priceOf(run, weights) / 1000);

/** A row for each device and network, a column for each way to be served. */
function table(title, runs, cell) {
  const ways = [...new Set(runs.map(({ way }) => way))];
  const rows = [...new Set(runs.map(({ device, network }) => `${device}, ${network}`))];
  const lines = [[title, ...ways], ['---', ...ways.map(() => '---:')]];
  for (const row of rows) {
    const found = ways.map((way) => runs.find((run) => run.way === way && `${run.device}, ${run.network}` === row));
    lines.push([row, ...found.map((run) => (run ? cell(run) : ''))]);
  }
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** All figures as markdown. */
export function tables(runs) {
  const prices = ({ weights }) => (weights ? [weights] : Object.keys(WAITING_SECOND));
  return [
    table('s: first / mean / 95 %; complete', runs, ({ first, mean, p95, complete }) =>
      `${[first, mean, p95].map(short).join(' / ')}; ${(100 * complete).toFixed(0)} %`),
    table('m$', runs, (run) => prices(run).map((weights) => millidollars(run, weights)).join(' / ')),
    table('recipes; MB / device s / server s', runs, ({ recipes, bytes, deviceSeconds, edgeSeconds }) =>
      `${recipes}; ${[bytes / 1e6, deviceSeconds, edgeSeconds].map(short).join(' / ')}`),
  ].join('\n\n');
}
