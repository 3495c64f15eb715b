// What is asked of whoever generates, and its answer.
import type { Parts } from './kit.ts';
import { Kit } from './kit.ts';
import type { Run } from './run.ts';
import { generate } from './run.ts';

export interface Job {
  parts: Parts;
  recipe: Uint8Array<ArrayBuffer>;
}

export interface Made extends Run {
  /** That running it took. */
  seconds: number;
}

const kit = new Kit();

/** Does a job here. */
export async function work({ parts, recipe }: Job): Promise<Made> {
  const rules = await kit.rules(parts);
  const start = performance.now();
  const run = generate(rules, recipe);
  return { ...run, seconds: (performance.now() - start) / 1000 };
}
