// What is true of a world on every server: its views, the work of its tiles, the images of its meshes.
import { filesOf, images, manifestOf } from '../path/content.mjs';
import { getOk, PLAIN } from '../path/http.mjs';
import { firstNeeds, viewsOf } from '../path/selection.mjs';
import { openTileset } from '../path/tileset.mjs';

/** Seconds of CPU that an answer says its generation took; none if it was kept. */
export function generationOf({ headers }) {
  const found = /generate;dur=([\d.]+)/.exec(headers['server-timing'] ?? '');
  return found ? Number(found[1]) / 1000 : undefined;
}

/** Of each tile that a path needs: CPU seconds of generation alone (`work`) and packed and coded as it is sent (`sent`), and `images`. */
async function factsOf(tiles) {
  const facts = new Map();
  for (const { key, layer, tile } of tiles) {
    const address = layer.address(layer.content, tile);
    const answer = await getOk(`${address}?c=none`, { 'accept-encoding': PLAIN });
    const work = generationOf(answer);
    const sent = generationOf(await getOk(address, { 'accept-encoding': 'br' }));
    if (work === undefined || sent === undefined) throw new Error(`${address} was made before; a fresh server is needed`);
    facts.set(key, { work, sent, images: images(answer.bytes, address).map((image) => new URL(image).pathname) });
  }
  return facts;
}

/** Looks at a world along a path, on a fresh server. */
export async function survey(server, world, path, options) {
  const { layers } = await openTileset(server, world);
  const views = await viewsOf(layers, path, options);
  const tiles = firstNeeds(views);
  const facts = await factsOf(tiles);
  const total = (name) => [...facts.values()].reduce((sum, fact) => sum + fact[name], 0);
  // A client generates, a server also packs and codes: by so much more is a client quicker than its cores.
  const lead = total('sent') / total('work');
  return { world, manifest: await manifestOf(server, world), views, tiles, facts, lead };
}

/** Asks a server for all that a path needs, so that it keeps it: meshes, and recipes and their kit as they are coded. */
export async function warm(server, { tiles, manifest }) {
  const fetch = (path) => getOk(server + path, { 'accept-encoding': 'br' });
  for (const path of manifest.layers.flatMap((layer) => [...filesOf(manifest, layer).keys()])) await fetch(path);
  for (const { layer, tile } of tiles) {
    const { pathname } = new URL(layer.address(layer.content, tile));
    await fetch(pathname);
    await fetch(pathname.replace(/\.glb$/, '.recipe'));
  }
}
