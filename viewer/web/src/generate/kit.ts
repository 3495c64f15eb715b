// What is needed once to run recipes: modules and assets by hash, from the cache or the server, checked before they are used.
import { basics } from '../cache.ts';
import type { Rules } from './run.ts';

/** Something that is named by its hash, at an address. */
export interface Resource {
  sha256: string;
  url: string;
  /** With which it is asked for: what it is kept under is the address alone. */
  query?: string;
}

/** An asset, by the name that the grammar has for it. */
export interface Asset extends Resource {
  name: string;
}

/** What the recipes of a layer need. */
export interface Parts {
  kernel: Resource;
  grammar: Resource;
  assets: Asset[];
}

/** Calls `make` once for each key; a failure is forgotten. */
function once<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let found = all.get(key);
  if (!found) {
    found = make();
    all.set(key, found);
    found.catch(() => all.delete(key));
  }
  return found;
}

export class Kit {
  #modules = new Map<string, Promise<WebAssembly.Module>>();
  #assets = new Map<string, Promise<Uint8Array>>();

  /** The parts, ready to run. */
  async rules({ kernel, grammar, assets }: Parts): Promise<Rules> {
    const [basis, compiled] = await Promise.all([this.basis({ kernel, assets }), this.#module(grammar)]);
    return { ...basis, grammar: compiled };
  }

  /** All but the grammar. */
  async basis({ kernel, assets }: Omit<Parts, 'grammar'>): Promise<Omit<Rules, 'grammar'>> {
    const [compiled, loaded] = await Promise.all([
      this.#module(kernel),
      Promise.all(assets.map(async (asset) =>
        [asset.name, await once(this.#assets, asset.sha256, () => bytesOf(asset))] as const)),
    ]);
    return { kernel: compiled, assets: loaded };
  }

  #module(resource: Resource): Promise<WebAssembly.Module> {
    return once(this.#modules, resource.sha256, async () => WebAssembly.compile(await bytesOf(resource)));
  }
}

/** The bytes of a resource. Those that do not have its hash are neither used nor kept. */
async function bytesOf(resource: Resource): Promise<Uint8Array<ArrayBuffer>> {
  const known = await basics.get(resource.url);
  const bytes = known && await checked(known, resource);
  if (bytes) return bytes;
  const response = await fetch(`${resource.url}${resource.query ?? ''}`);
  if (!response.ok) throw new Error(`${resource.url}: ${response.status}`);
  const fetched = await checked(response, resource);
  if (!fetched) throw new Error(`${resource.url} is not what its hash says`);
  // Nobody waits until it is kept.
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  void basics.put(resource.url, new Response(fetched, { headers: { 'content-type': type } }));
  return fetched;
}

/** The bytes of an answer, if they have the hash of a resource. */
async function checked(response: Response, { sha256 }: Resource): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return (await hashOf(bytes)) === sha256 ? bytes : undefined;
}

/** SHA-256, in hexadecimal digits. */
export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
