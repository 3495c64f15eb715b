// Figures of runs as tables.

/** The middle one; of two the smaller. */
function median(numbers) {
  const sorted = numbers.filter((number) => number !== undefined).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The median of each number of several runs. */
export function medianOf(runs) {
  const names = Object.keys(runs[0]).filter((name) => typeof runs[0][name] === 'number');
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
}

const seconds = (value) => value.toFixed(2);

const COLUMNS = {
  'ready, s': ({ ready, readySinceTileset }) => `**${seconds(ready)}** (${seconds(readySinceTileset)})`,
  'last byte, s': ({ lastByte }) => seconds(lastByte),
  'drawn, s': ({ drawn, drawnSinceStart }) => `${seconds(drawn)} (${seconds(drawnSinceStart)})`,
  'MB': ({ down }) => (down / 1e6).toFixed(2),
  'kB up': ({ up }) => (up / 1e3).toFixed(1),
  'requests': ({ requests, connections }) => `${requests} (${connections})`,
  'CPU, s': ({ cpu, cpuSinceStart }) => `${cpu.toFixed(1)} (${cpuSinceStart.toFixed(1)})`,
  'memory, MB': ({ memory }) => (memory / 1e6).toFixed(0),
  'recipes': ({ generated }) => generated,
};

/** Those of a state of the server by network and client, in this order. */
function groups(runs, state) {
  const found = new Map();
  for (const run of runs.filter((run) => run.state === state)) {
    const name = `${run.network} | ${run.client}`;
    found.set(name, [...(found.get(name) ?? []), run]);
  }
  return found;
}

/** A table for each state of the server: a row for each network and client. */
export function tables(runs) {
  const states = [...new Set(runs.map(({ state }) => state))];
  return states.map((state) => {
    const names = Object.keys(COLUMNS);
    const lines = [[`${state} server`, 'client', ...names], ['---', '---', ...names.map(() => '---:')]];
    for (const [name, group] of groups(runs, state)) {
      lines.push([name, ...Object.values(COLUMNS).map((cell) => cell(medianOf(group)))]);
    }
    return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
  }).join('\n\n');
}

/** How many tiles of each layer and level were asked for, such as `ground 2: 4`. */
function asked(log) {
  const levelOf = ({ path }) => /\/([^/]+)\/[^/]+\/(?:content|tile)\/(\d+)\/\d+\/\d+/.exec(path);
  const names = log.flatMap((request) => levelOf(request)?.slice(1, 3).join(' ') ?? []);
  const counts = [...new Set(names)].sort().map((name) => `${name}: ${names.filter((other) => other === name).length}`);
  return `${names.length} (${counts.join(', ')})`;
}

/** What each client showed, and what it asked for: a line for each. */
export function sights(runs) {
  const lines = [['client', 'tiles', 'triangles', 'asked for'], ['---', '---:', '---:', '---']];
  for (const client of new Set(runs.map((run) => run.client))) {
    const { tiles, triangles, log } = runs.find((run) => run.client === client);
    lines.push([client, tiles, triangles, asked(log)]);
  }
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
