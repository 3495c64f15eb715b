// What comes with the content of tiles: images of meshes, and what those who run recipes fetch once.
import { fetchBytes, PLAIN } from './http.mjs';

/** The addresses of the images of a GLB. */
export function images(glb, address) {
  const json = JSON.parse(glb.subarray(20, 20 + glb.readUInt32LE(12)).toString());
  return (json.images ?? []).filter((image) => image.uri).map((image) => new URL(image.uri, address).href);
}

/** `manifest.json` of a world. */
export async function manifestOf(server, world) {
  return JSON.parse(await fetchBytes(`${server}/${world}/manifest.json`, PLAIN));
}

/** The files that recipes of a layer need, by path: kernel, modules, prepared models and images. */
export function filesOf(manifest, layer) {
  const files = new Map([[manifest.kernel.uri, 'kernel']]);
  for (const module of layer.modules) files.set(module.uri, 'modules');
  for (const asset of layer.assets) files.set(asset.uri, /\.(png|jpe?g)$/i.test(asset.name) ? 'images' : 'models');
  return files;
}
