// A slower processor, on Linux with the first version of control groups, as root: each thread of a process and of those below it
// has a group of its own, which runs for a share of the time. DevTools' own slowdown holds only the main thread of a page.
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { below } from '../side-by-side/processes.mjs';

const GROUPS = '/sys/fs/cgroup/cpu';
/** Microseconds that a thread may run in each of its periods: the least that Linux allows, to be as even as can be. */
const QUOTA = 1000;
/** Milliseconds after which new threads are looked for. Until then one shares the time of the thread that has made it. */
const PAUSE = 100;

export class Slowdown {
  #folder = join(GROUPS, `gable-bench-${process.pid}`);
  #top;
  #period;
  #held = new Set();
  #timer;

  /** Slows a process, and all that it starts, by a factor. */
  constructor(top, factor) {
    this.#top = top;
    this.#period = Math.round(QUOTA * factor);
    mkdirSync(this.#folder);
    this.#hold();
    this.#timer = setInterval(() => this.#hold(), PAUSE);
  }

  #hold() {
    for (const { number } of [{ number: this.#top }, ...below(this.#top)]) {
      for (const thread of threadsOf(number)) {
        if (!this.#held.has(thread)) this.#slow(thread);
      }
    }
  }

  #slow(thread) {
    const group = join(this.#folder, thread);
    mkdirSync(group);
    this.#held.add(thread);
    writeFileSync(join(group, 'cpu.cfs_period_us'), String(this.#period));
    writeFileSync(join(group, 'cpu.cfs_quota_us'), String(QUOTA));
    try {
      writeFileSync(join(group, 'tasks'), thread);
    } catch (error) {
      // It has just ended.
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** Forgets the groups. All threads have ended. */
  async end() {
    clearInterval(this.#timer);
    for (const group of [...this.#held].map((thread) => join(this.#folder, thread))) await removed(group);
    rmdirSync(this.#folder);
  }
}

function threadsOf(process) {
  try {
    return readdirSync(`/proc/${process}/task`);
  } catch {
    return [];
  }
}

/** A group is there until its last thread is really gone. */
async function removed(group) {
  for (let tries = 100; ; tries -= 1) {
    try {
      return rmdirSync(group);
    } catch (error) {
      if (tries === 0) throw error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}
