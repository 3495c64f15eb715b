// The service worker: stands between any viewer of 3D Tiles and Gable servers. Where the viewer asks for a tile's mesh, the server
// is asked what costs less; if that is the recipe, content is generated here. The viewer gets the same content either way.
import { contentAt } from './address.ts';
import { Pool } from './pool.ts';
import { Tiles } from './tile.ts';

declare const self: ServiceWorkerGlobalScope;

const pool = new Pool();
const tiles = new Tiles(pool, async () => {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage({ gable: 'workers' });
});

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', ({ data, ports: [port] }) => {
  if (data?.gable === 'worker' && port) pool.add(port);
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const content = contentAt(new URL(request.url));
  if (!content || request.method !== 'GET' || request.headers.has('range')) return;
  // On any failure what the network answers is what the viewer gets.
  event.respondWith(tiles.content(request, content).catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    console.info(`Gable: ${request.url} comes from the network: ${error}`);
    return fetch(request);
  }));
});
