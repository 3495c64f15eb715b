// One script for any page with a viewer of 3D Tiles: `await gable.ready` before the viewer is made, and from then on tiles of Gable
// servers are generated here when that costs less. Where it cannot (no service worker, no WebAssembly), all is as without it.

/** A page's workers, one fewer than cores: one is for the page itself. */
const workers: Worker[] = [];
const count = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1));
const script = document.currentScript as HTMLScriptElement | null;
/** With `data-offline` this page is there without a network, too. */
const isOffline = script?.dataset['offline'] !== undefined;
/** Beside this script. */
const here = script?.src ?? location.href;
const at = (name: string) => new URL(name, here).href;

/** Milliseconds that a service worker may take until it serves this page. */
const PATIENCE = 10_000;

/** Hands workers on to the service worker. */
function hand(service: ServiceWorker): void {
  while (workers.length < count) workers.push(new Worker(at('gable-worker.js'), { name: `gable-${workers.length}` }));
  for (const worker of workers) {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ port: port1 }, [port1]);
    service.postMessage({ gable: 'worker' }, [port2]);
  }
}

/** Starts the service worker, and waits until it serves this page. */
async function start(): Promise<boolean> {
  const container = navigator.serviceWorker;
  if (!container) return false;
  container.addEventListener('message', ({ data }) => {
    if (data?.gable === 'workers' && container.controller) hand(container.controller);
    if (data?.gable === 'content') counts[data.made as keyof typeof counts] += 1;
    if (data?.gable === 'changed') dispatchEvent(new CustomEvent('gable-changed', { detail: `${data.world}/tileset.json` }));
  });
  const registration = await container.register(at(isOffline ? 'gable-sw.js?offline' : 'gable-sw.js'));
  if (!container.controller) {
    const served = new Promise((done) => container.addEventListener('controllerchange', done, { once: true }));
    // A page that was loaded past its caches is served only when it asks for that.
    registration.active?.postMessage({ gable: 'claim' });
    await Promise.race([served, new Promise((done) => setTimeout(done, PATIENCE))]);
  }
  if (container.controller) {
    hand(container.controller);
    if (isOffline) void keep(container.controller);
  }
  return container.controller !== null;
}

/** Has this page kept, when all of it is here: what it loaded before it was served, too. */
async function keep(service: ServiceWorker): Promise<void> {
  if (document.readyState !== 'complete') await new Promise((loaded) => addEventListener('load', loaded, { once: true }));
  service.postMessage({ gable: 'page', address: location.href, parts: parts() });
}

/** The addresses of what this page has loaded. */
function parts(): string[] {
  return performance.getEntriesByType('resource').map(({ name }) => name);
}

/** Tiles of this page by how their content was made. */
const counts = { generated: 0, meshes: 0 };
const ready = start().catch((error: unknown) => {
  console.info(`Gable: tiles come from the network: ${error}`);
  return false;
});

declare global {
  interface Window {
    gable: { ready: Promise<boolean>; counts: { generated: number; meshes: number } };
  }
}

globalThis.window.gable = { ready, counts };
export {};
