// A world of the server that this page is from: what is asked for goes through the service worker, which generates where that
// costs less.
import type { Made } from '../generate/job.ts';
import { Pool } from '../service/pool.ts';
import { World } from '../service/world.ts';
import type { Content, Source } from '../view/source.ts';

/** Milliseconds that an answer may take. */
const PATIENCE = 60_000;

/** How a world is named and signed: a signed address opens it alone (docs/serving.md). */
const query = new URLSearchParams(location.search).has('signature') ? location.search : '';

/** The names of the server's worlds; none where only signed addresses open them. */
export async function worldNames(): Promise<string[]> {
  const response = await fetch('/worlds.json');
  return response.ok ? await response.json() as string[] : [];
}

async function get(path: string, signal?: AbortSignal): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE);
  const response = await fetch(`${path}${query}`, { signal: signal ? AbortSignal.any([signal, patience]) : patience });
  if (response.ok || response.status === 404 || response.status === 304) return response;
  throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
}

async function bytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok) throw new Error(`${new URL(response.url).pathname}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What a server says of a world. */
export interface Told {
  tileset: Uint8Array;
  manifest: Uint8Array;
  /** Changes with it. */
  tag: string;
}

export class ServerWorld implements Source {
  readonly name: string;
  #pool = new Pool();
  #worker: Worker | undefined;
  #told: Told | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** What the server says of it, if that is not what was shown before. */
  async read(): Promise<Told | undefined> {
    const manifest = await get(`/${this.name}/manifest.json`);
    const body = await bytes(manifest);
    const tag = manifest.headers.get('etag') ?? '';
    if (this.#told?.tag === tag) return undefined;
    const tileset = await bytes(await get(`/${this.name}/tileset.json`));
    return { tileset, manifest: body, tag };
  }

  /** That is shown from now on. */
  accept(told: Told): void {
    this.#told = told;
  }

  async subtree(path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const response = await get(path, signal);
    return response.status === 404 ? undefined : bytes(response);
  }

  async content(path: string, signal: AbortSignal): Promise<Content> {
    const response = await get(path, signal);
    const body = await bytes(response);
    const timing = response.headers.get('server-timing') ?? '';
    const work = /(?:^|,\s*)generate;dur=([\d.]+)/.exec(timing)?.[1];
    const generated = work !== undefined && response.headers.has('gable-generated');
    return {
      bytes: body,
      generated,
      placement: response.headers.get('gable-placement') ?? '',
      wireBytes: Number(response.headers.get('gable-generated') ?? response.headers.get('content-length') ?? body.length),
      workSeconds: generated ? Number(work) / 1000 : 0,
    };
  }

  async recipe(path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return bytes(await get(path, signal));
  }

  async image(path: string, signal: AbortSignal): Promise<Blob> {
    const response = await get(path, signal);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.blob();
  }

  /** Runs a recipe in a worker of our own: nobody else can, since somebody set attributes of it. */
  async run(layer: string, recipe: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Made> {
    const told = this.#told;
    if (!told) throw new Error('nothing is known of the world yet');
    const address = new URL(`/${this.name}`, location.href).href;
    const world = await World.read(() => Promise.resolve(new Response(told.manifest as Uint8Array<ArrayBuffer>)), address);
    return this.#pool.work({ parts: world.parts(layer, recipe, query), recipe }, async () => this.#hand(), signal);
  }

  #hand(): void {
    // There is none, or it has been given up.
    this.#worker?.terminate();
    this.#worker = new Worker('gable-worker.js', { name: 'gable-set-here' });
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ port: port1 }, [port1]);
    this.#pool.add(port2);
  }
}
