// Figures of visits as a table.
import { medianOf } from '../side-by-side/report.mjs';

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** The figures of a visit whose views were all complete. */
export function figures({ views, down, up, requests, generated = 0 }) {
  const [first, ...later] = views.map(({ seconds }) => seconds);
  return { first, firstBytes: views[0].down, mean: mean(later), worst: Math.max(...later), down, up, requests, generated };
}

const COLUMNS = {
  'first view, s': ({ first }) => `**${first.toFixed(2)}**`,
  'later, mean, s': ({ mean: value }) => value.toFixed(2),
  'later, worst, s': ({ worst }) => worst.toFixed(2),
  'MB, first': ({ firstBytes }) => (firstBytes / 1e6).toFixed(2),
  'MB': ({ down }) => (down / 1e6).toFixed(2),
  'kB up': ({ up }) => (up / 1e3).toFixed(0),
  'requests': ({ requests }) => requests,
  'generated': ({ generated }) => generated,
};

/** The cells of runs of the same visit. */
function cells(runs, count) {
  const late = runs.filter(({ views }) => views.length < count);
  if (late.length > 0) {
    const names = late.map(({ views }) => views.length + 1).join(', ');
    return [`${late.length} of ${runs.length}: view ${names} not in 120 s`, ...Object.keys(COLUMNS).slice(1).map(() => '')];
  }
  const medians = medianOf(runs.map(figures));
  return Object.values(COLUMNS).map((cell) => cell(medians));
}

/** A row for each network, slowdown and mode. */
export function table(visits, count) {
  const names = [...new Set(visits.map(({ name }) => name))];
  const columns = Object.keys(COLUMNS);
  const lines = [['network', 'processor', 'mode', ...columns], ['---', '---', '---', ...columns.map(() => '---:')]];
  for (const name of names) {
    const runs = visits.filter((visit) => visit.name === name);
    const { network, processor, mode } = runs[0];
    lines.push([network, processor, mode, ...cells(runs, count)]);
  }
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
