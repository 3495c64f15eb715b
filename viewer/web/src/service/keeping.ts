// Answers that are kept: those that never change are asked for once, others whenever there is a network.
import { basics, contents, type Store } from '../cache.ts';
import { hashOf } from '../generate/kit.ts';
import type { Lasting } from './address.ts';

/** Milliseconds that the network may take where there is something else. */
const PATIENCE = 3000;
/** The first status that says that the server has failed. */
const FAILED = 500;

/** A tile's content as it is on the server. */
export function content(request: Request, name: string): Promise<Response> {
  return once(contents, request, name);
}

/** What never changes. If it is named by its hash, it is kept only if it has that. */
export function lasting(request: Request, { name, sha256 }: Lasting): Promise<Response> {
  return once(basics, request, name, sha256);
}

async function once(store: Store, request: Request, name: string, sha256?: string): Promise<Response> {
  const known = await store.get(name);
  if (known) return known;
  const response = await fetch(request);
  // Nobody waits until it is kept.
  if (response.ok && !isText(response)) void keepChecked(store, name, response.clone(), sha256);
  return response;
}

async function keepChecked(store: Store, name: string, response: Response, sha256: string | undefined): Promise<void> {
  if (!sha256) return store.put(name, response);
  const copy = response.clone();
  if ((await hashOf(new Uint8Array(await copy.arrayBuffer()))) === sha256) await store.put(name, response);
}

/** Networks that want a password answer with a page. */
function isText(response: Response): boolean {
  return /^text\/(html|plain)/.test(response.headers.get('content-type') ?? '');
}

/** What changes: from the network, or as it was when there was one. */
export async function latest(request: Request, name: string, keeps: (response: Response) => boolean): Promise<Response> {
  const asked = fetch(request).then((response) => {
    if (response.ok && keeps(response)) void basics.put(name, response.clone());
    return response;
  });
  // It may come when nobody waits for it any more.
  asked.catch(() => {});
  const known = await basics.get(name);
  if (!known) return asked;
  const answer = asked.then((response) => (response.status < FAILED ? response : known), () => known);
  return Promise.race([answer, new Promise<Response>((done) => setTimeout(done, PATIENCE, known))]);
}

/** A description of a world. Copies that the browser has kept for a minute are not taken as the network's word. */
export function description(request: Request, name: string, isOurs: () => boolean): Promise<Response> {
  return latest(new Request(request, { cache: 'no-cache' }), name, (response) => isOurs() && !isText(response));
}

/** A page of ours, or a part of one. */
export function page(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const isPart = /\.(?!html$)\w+$/.test(pathname);
  return latest(request, `${origin}${pathname}`, (response) => !isPart || !isText(response));
}
