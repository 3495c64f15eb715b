// Addresses on Gable servers, as they are in `docs/serving.md`.

/** A layer of a world, as it was when somebody read of it. */
export interface Layer {
  /** Where the world is: the address of its tileset.json without that. */
  world: string;
  layer: string;
  revision: string;
}

/** A tile's content. */
export interface Content extends Layer {
  /** The server's address. */
  server: string;
  /** What it is kept under: its address with nothing of the query but how it is packed. */
  name: string;
  /** Where the server decides what to send. */
  decision: string;
}

const CONTENT = /^(.*)\/([^/]+)\/([0-9a-f]{16})\/content\/(\d+\/\d+\/\d+)\.glb$/;
const LAYER = /^(.*)\/([^/]+)\/([0-9a-f]{16})\/(?:content|subtrees)\//;
const LASTING = /\/[0-9a-f]{16}\/subtrees\/\d+\/\d+\/\d+\.subtree$|\/assets\/[0-9a-f]{64}\.(?:png|jpg)$/;
const HASHED = /\/(?:assets|modules)\/([0-9a-f]{64})(?:\.wasm)?$/;
const DOCUMENT = /^(.*)\/(?:tileset|manifest)\.json$/;
const PAGE = /\.(?:js|css|wasm|svg|png|html)$|^\/worlds\.json$/;

/** Reads the address of a tile's content; none for anything else. */
export function contentAt({ origin, pathname, search, searchParams }: URL): Content | undefined {
  const [, folder, layer, revision, tile] = CONTENT.exec(pathname) ?? [];
  if (folder === undefined || !layer || !revision || !tile) return undefined;
  const world = `${origin}${folder}`;
  const decision = `${world}/${layer}/${revision}/tile/${tile}${search}`;
  const packing = searchParams.get('c');
  const name = `${origin}${pathname}${packing ? `?c=${packing}` : ''}`;
  return { server: new URL('..', `${world}/`).href, world, layer, revision, name, decision };
}

/** Reads the layer that a tile's content or a subtree is of. */
export function layerAt({ origin, pathname }: URL): Layer | undefined {
  const [, folder, layer, revision] = LAYER.exec(pathname) ?? [];
  return folder === undefined || !layer || !revision ? undefined : { world: `${origin}${folder}`, layer, revision };
}

/** What never changes at its address. */
export interface Lasting {
  /** What it is kept under. */
  name: string;
  /** The hash of its bytes, if it is named by that. (Textures are named by the hash of what they were made from.) */
  sha256: string | undefined;
}

/** Reads the address of a subtree, a texture, an asset or a module. */
export function lastingAt({ origin, pathname }: URL): Lasting | undefined {
  const sha256 = HASHED.exec(pathname)?.[1];
  return sha256 || LASTING.test(pathname) ? { name: `${origin}${pathname}`, sha256 } : undefined;
}

/** The world that an address describes. */
export function worldAt({ origin, pathname }: URL): string | undefined {
  const [, folder] = DOCUMENT.exec(pathname) ?? [];
  return folder === undefined ? undefined : `${origin}${folder}`;
}

/** Whether a request of a page is for a page or for a part of one, on this origin. */
export function isPage({ origin, pathname }: URL, home: string, mode?: RequestMode): boolean {
  return origin === home && (mode === 'navigate' || PAGE.test(pathname));
}
