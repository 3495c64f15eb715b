// How fast this device generates: the server's calibration run, made here.
import type { Job, Made } from '../generate/job.ts';
import type { Resource } from '../generate/kit.ts';

interface Calibration {
  /** Address of the grammar's module, which names its hash. */
  module: string;
  /** Address of the recipe. */
  recipe: string;
  /** CPU seconds that the server takes to make, pack and code it. */
  seconds: number;
}

/** The best of so many runs: a busy device only adds. */
const RUNS = 3;

/** CPU seconds of the server over those of this device. Throws while the server has not measured itself. */
export async function power(server: string, kernel: Resource, work: (job: Job) => Promise<Made>): Promise<number> {
  const get = async (path: string) => {
    const response = await fetch(new URL(path, server));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  };
  const { module, recipe: path, seconds }: Calibration = await (await get('/calibration.json')).json();
  const sha256 = /([0-9a-f]{64})\.wasm$/.exec(module)?.[1];
  if (!sha256) throw new Error('the calibration run names no module');
  const recipe = new Uint8Array(await (await get(path)).arrayBuffer());
  const parts = { kernel, grammar: { sha256, url: new URL(module, server).href }, assets: [] };
  let best = Infinity;
  for (let run = 0; run < RUNS; run += 1) best = Math.min(best, (await work({ parts, recipe })).seconds);
  if (!(best > 0)) throw new Error('no time passed');
  return seconds / best;
}
