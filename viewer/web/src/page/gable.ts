// One script for any page with a viewer of 3D Tiles: `await gable.ready` before the viewer is made, and from then on tiles of Gable
// servers are generated here when that costs less. Where it cannot (no service worker, no WebAssembly), all is as without it.

/** A page's workers, one fewer than cores: one is for the page itself. */
const workers: Worker[] = [];
const count = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1));
/** Beside this script. */
const here = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href;
const at = (name: string) => new URL(name, here).href;

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
  });
  await container.register(at('gable-sw.js'));
  if (!container.controller) {
    await new Promise((done) => container.addEventListener('controllerchange', done, { once: true }));
  }
  if (container.controller) hand(container.controller);
  return true;
}

const ready = start().catch((error: unknown) => {
  console.info(`Gable: tiles come from the network: ${error}`);
  return false;
});

declare global {
  interface Window {
    gable: { ready: Promise<boolean> };
  }
}

globalThis.window.gable = { ready };
export {};
