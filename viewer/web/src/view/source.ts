// Who brings what a stage asks for.
import type { Made } from '../generate/job.ts';

/** Content of a tile, and how it came to be. */
export interface Content {
  bytes: Uint8Array;
  /** It was generated here. */
  generated: boolean;
  /** What the server said of its decision. */
  placement: string;
  /** Bytes that came over the network for it. */
  wireBytes: number;
  /** Seconds of generating. */
  workSeconds: number;
}

/** Brings what a stage asks for, by paths. */
export interface Source {
  /** Nothing when there is none at the path. */
  subtree(path: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  content(path: string, signal: AbortSignal): Promise<Content>;
  recipe(path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Runs a recipe of a layer. */
  run(layer: string, recipe: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Made>;
  image(path: string, signal: AbortSignal): Promise<Blob>;
}

/** A source for a stage that shows models alone: it is asked for nothing. */
export const NOTHING: Source = {
  subtree: () => Promise.resolve(undefined),
  content: (path) => Promise.reject(new Error(`there is no ${path}`)),
  recipe: (path) => Promise.reject(new Error(`there is no ${path}`)),
  run: (layer) => Promise.reject(new Error(`there is no ${layer}`)),
  image: (path) => Promise.reject(new Error(`there is no ${path}`)),
};
