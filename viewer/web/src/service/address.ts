// Addresses of tiles on Gable servers.

/** A tile's content. */
export interface Content {
  /** The server's address. */
  server: string;
  /** Where the world is: the address of its tileset.json without that. */
  world: string;
  layer: string;
  revision: string;
  /** Its address without a query: what it is kept under. */
  name: string;
  /** Where the server decides what to send. */
  decision: string;
}

const CONTENT = /^(.*)\/([^/]+)\/([^/]+)\/content\/(\d+\/\d+\/\d+)\.glb$/;

/** Reads the address of a tile's content; none for anything else. */
export function contentAt({ origin, pathname, search }: URL): Content | undefined {
  const [, folder, layer, revision, tile] = CONTENT.exec(pathname) ?? [];
  if (folder === undefined || !layer || !revision || !tile) return undefined;
  const world = `${origin}${folder}`;
  const decision = `${world}/${layer}/${revision}/tile/${tile}${search}`;
  return { server: new URL('..', `${world}/`).href, world, layer, revision, name: `${origin}${pathname}`, decision };
}
