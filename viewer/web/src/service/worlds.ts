// The worlds of Gable servers that were seen, and what their servers say of them.
import { basics } from '../cache.ts';
import type { Layer } from './address.ts';
import { description } from './keeping.ts';
import { World } from './world.ts';

/** Milliseconds after which somebody who did not describe a world is asked again. */
const PAUSE = 10_000;

export class Worlds {
  #read = new Map<string, Promise<World>>();
  /** By address; nothing before it is known what was kept. */
  #ours: Set<string> | undefined;
  /** Layers of which it was said that they have changed. */
  #told = new Set<string>();
  #changed: (world: string) => void;

  /** `changed` is told of a world that has changed while somebody looks at it. */
  constructor(changed: (world: string) => void) {
    this.#changed = changed;
    void this.#remember();
  }

  /** Whether a world may be one of a Gable server. Others are none of our business. */
  mayBeOurs(world: string): boolean {
    return this.#ours?.has(world) ?? true;
  }

  /** What a server says of a layer's world, asked again when it does not know the layer. Throws when it has changed. */
  async of(layer: Layer, request: Request): Promise<World> {
    const known = await (this.#read.get(layer.world) ?? this.#ask(layer.world, request));
    return known.has(layer.layer, layer.revision) ? known : this.renew(layer, request);
  }

  /** What it says now, when it does not have what it said. Throws when the world has changed, and tells of it. */
  async renew({ world, layer, revision }: Layer, request: Request): Promise<World> {
    const renewed = await this.#ask(world, request);
    if (renewed.has(layer, revision)) return renewed;
    const name = `${world}/${layer}/${revision}`;
    if (!this.#told.has(name)) this.#changed(world);
    this.#told.add(name);
    throw new Error('the world has changed');
  }

  /** A description of a world for a viewer. */
  describe(request: Request, world: string): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    return description(request, `${origin}${pathname}`, () => this.#ours?.has(world) ?? false);
  }

  #ask(world: string, request: Request): Promise<World> {
    const asked = World.read((file) => this.#document(world, file, request), world);
    this.#read.set(world, asked);
    asked.then(() => this.#found(world, request), () => setTimeout(() => this.#forget(world, asked), PAUSE));
    return asked;
  }

  /** It is one of ours: its viewer had the tileset before that was known. */
  #found(world: string, request: Request): void {
    if (this.#ours?.has(world)) return;
    this.#ours = new Set(this.#ours).add(world);
    this.#document(world, 'tileset.json', request).catch(() => {});
  }

  #forget(world: string, asked: Promise<World>): void {
    if (this.#read.get(world) === asked) this.#read.delete(world);
  }

  /** A file of a world, for whoever makes this request for one of its tiles. */
  #document(world: string, file: string, request: Request): Promise<Response> {
    const headers = new Headers();
    const authorization = request.headers.get('authorization');
    if (authorization) headers.set('authorization', authorization);
    const url = `${world}/${file}`;
    const asked = new Request(`${url}${new URL(request.url).search}`, { headers, credentials: request.credentials });
    return description(asked, url, () => true);
  }

  async #remember(): Promise<void> {
    const kept = await basics.addresses();
    const manifests = kept.filter((address) => address.endsWith('/manifest.json'));
    this.#ours = new Set([...(this.#ours ?? []), ...manifests.map((address) => new URL('.', address).href.slice(0, -1))]);
  }
}
