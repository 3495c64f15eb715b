// What a server says of its worlds: which modules and assets recipes need.
import type { Asset, Parts, Resource } from '../generate/kit.ts';
import { hex } from '../generate/kit.ts';

interface ManifestResource {
  name?: string;
  sha256: string;
  uri: string;
}

interface Manifest {
  kernel: ManifestResource;
  layers: { name: string; revision: string; modules: ManifestResource[]; assets: ManifestResource[] }[];
}

/** The first bytes of a recipe, and where the hashes of kernel and module follow. */
const MAGIC = 'gableR03';
const KERNEL = 8;
const MODULE = 40;
const END = 72;

export class World {
  #address: string;
  #manifest: Manifest;

  private constructor(address: string, manifest: Manifest) {
    this.#address = address;
    this.#manifest = manifest;
  }

  /** Reads what a server says of a world; `document` gets a file of it. */
  static async read(document: (file: string) => Promise<Response>, world: string): Promise<World> {
    const response = await document('manifest.json');
    const url = `${world}/manifest.json`;
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return new World(url, await response.json());
  }

  /** Whether it has a layer as an address names it. */
  has(layer: string, revision: string): boolean {
    return this.#layer(layer)?.revision === revision;
  }

  /** What a recipe of a layer needs; `query` opens what is not open to everybody (docs/serving.md). */
  parts(layer: string, recipe: Uint8Array, query: string): Parts {
    if (recipe.length < END || new TextDecoder().decode(recipe.subarray(0, KERNEL)) !== MAGIC) {
      throw new Error('the recipe is of another version');
    }
    const named = (from: number, to: number, among: ManifestResource[]): Resource => {
      const sha256 = hex(recipe.subarray(from, to));
      const found = among.find((resource) => resource.sha256 === sha256);
      if (!found) throw new Error('the recipe needs a module that the world does not have');
      return this.#resource(found, query);
    };
    const { modules = [], assets = [] } = this.#layer(layer) ?? {};
    return {
      kernel: named(KERNEL, MODULE, [this.#manifest.kernel]),
      grammar: named(MODULE, END, modules),
      assets: assets.map((asset): Asset => ({ name: asset.name ?? '', ...this.#resource(asset, query) })),
    };
  }

  #layer(name: string) {
    return this.#manifest.layers.find((layer) => layer.name === name);
  }

  #resource({ sha256, uri }: ManifestResource, query: string): Resource {
    const url = new URL(uri, this.#address);
    // Another server is none of those that the query is for.
    const isHere = url.origin === new URL(this.#address).origin;
    return { sha256, url: url.href, query: isHere ? query : '' };
  }
}
