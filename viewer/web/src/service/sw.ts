// The service worker: stands between any viewer of 3D Tiles and Gable servers. Where the viewer asks for a tile's mesh, the server
// is asked what costs less; if that is the recipe, content is generated here. The viewer gets the same content either way. What was
// seen is kept, and is there without a network. Requests that are none of a Gable server's are left alone.
import { contentAt, isPage, lastingAt, layerAt, worldAt } from './address.ts';
import * as keeping from './keeping.ts';
import { Pool } from './pool.ts';
import { Tiles } from './tile.ts';
import { Worlds } from './worlds.ts';

declare const self: ServiceWorkerGlobalScope;

/** The status of what a server does not have. */
const GONE = 404;

/** Tells pages something. */
async function tell(message: object): Promise<void> {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage(message);
}

/** Whether pages of this origin are kept, too. */
const keepsPages = new URL(self.location.href).searchParams.has('offline');
const pool = new Pool();
const worlds = new Worlds((world) => void tell({ gable: 'changed', world }));
const tiles = new Tiles(worlds, pool, () => tell({ gable: 'workers' }));

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  const { data, ports: [port] } = event;
  if (data?.gable === 'claim') event.waitUntil(self.clients.claim());
  if (data?.gable === 'worker' && port) pool.add(port);
  if (data?.gable === 'page' && keepsPages) event.waitUntil(keepPage(data.address, data.parts));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.headers.has('range')) return;
  const answer = answerTo(request);
  if (!answer) return;
  event.respondWith(answer);
  answer.then((response) => note(request, response, event.clientId)).catch(() => {});
});

/** A page is told how its content was made; what is not there (any more) may be so because the world has changed. */
async function note(request: Request, response: Response, client: string): Promise<void> {
  const url = new URL(request.url);
  if (contentAt(url)) await count(client, response);
  const layer = layerAt(url);
  if (layer && response.status === GONE) await worlds.renew(layer, request);
}

async function count(client: string, { headers, ok }: Response): Promise<void> {
  const made = headers.has('gable-generated') ? 'generated' : 'meshes';
  if (ok) (await self.clients.get(client))?.postMessage({ gable: 'content', made });
}

/** The answer to a request, if it is ours to give. */
function answerTo(request: Request): Promise<Response> | undefined {
  const url = new URL(request.url);
  if (request.mode === 'navigate') return keepsPages && isPage(url, self.location.origin, request.mode) ? keeping.page(request) : undefined;
  const content = contentAt(url);
  if (content) {
    return tiles.content(request, content).catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      // On any failure what the network answers is what the viewer gets.
      console.info(`Gable: ${request.url} comes from the network: ${error}`);
      return keeping.content(request, content.name);
    });
  }
  const lasting = lastingAt(url);
  if (lasting) return keeping.lasting(request, lasting);
  if (keepsPages && isPage(url, self.location.origin)) return keeping.page(request);
  const world = worldAt(url);
  return world !== undefined && worlds.mayBeOurs(world) ? worlds.describe(request, world) : undefined;
}

/** Keeps a page, and what it had loaded before this worker served it. */
async function keepPage(address: string, parts: string[]): Promise<void> {
  const ours = [address, ...parts.filter((part) => isPage(new URL(part), self.location.origin))];
  await Promise.allSettled(ours.map((part) => keeping.page(new Request(part))));
}
