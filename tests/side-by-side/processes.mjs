// What processes take, on Linux: those that this script started, and theirs.
import { readFileSync, readdirSync } from 'node:fs';

/** Of `/proc/PID/stat`, in a second. */
const TICKS = 100;

/** Reads a file; nothing if its process has just ended. */
function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** All processes: number, parent, seconds of CPU with those of children that have ended. */
function all() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    // The name before these fields may have spaces.
    const fields = read(`/proc/${name}/stat`).replace(/^.*\) /, '').split(' ');
    if (fields.length < 15) return [];
    const seconds = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) / TICKS, 0);
    return [{ number: Number(name), parent: Number(fields[1]), seconds }];
  });
}

/** The processes below one, but not one of them. */
export function below(top, except) {
  const processes = all();
  const found = [];
  const parents = [top];
  for (const parent of parents) {
    const children = processes.filter((one) => one.parent === parent && one.number !== except);
    found.push(...children);
    parents.push(...children.map(({ number }) => number));
  }
  return found;
}

/** Seconds of CPU that they took so far. */
export function cpuSeconds(except) {
  return below(process.pid, except).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Bytes of memory that they hold now, those that several share counted once. */
export function memoryBytes(except) {
  const sizes = below(process.pid, except).map(({ number }) => /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${number}/smaps_rollup`))?.[1] ?? 0);
  return sizes.reduce((sum, size) => sum + 1024 * Number(size), 0);
}
