// What both examples show besides the world: which one, how it goes, where the data is from.

const at = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

/** Metres: nobody starts farther from what there is to see. */
const FARTHEST = 350;

/** The name of the world that the page's address asks for (`?world=NAME`), or else of the server's first. */
export async function chosenWorld(): Promise<string> {
  const names: string[] = await get('/worlds.json');
  const name = new URLSearchParams(location.search).get('world') ?? names[0];
  if (!name) throw new Error('the server has no worlds');
  const list = at<HTMLSelectElement>('world');
  list.append(...names.map((other) => new Option(other, other, false, other === name)));
  list.addEventListener('change', () => { location.search = `?world=${encodeURIComponent(list.value)}`; });
  for (const link of document.querySelectorAll('nav a')) (link as HTMLAnchorElement).search = `?world=${encodeURIComponent(name)}`;
  return name;
}

/** Where to look first, in metres of a world's own frame: at the middle of its smallest layer, from so far. */
export async function firstView(world: string): Promise<{ x: number; y: number; z: number; distance: number }> {
  const { layers }: { layers: { extent: [number[], number[]] | null }[] } = await get(`/${world}/manifest.json`);
  const extents = layers.flatMap(({ extent }) => (extent ? [extent] : []));
  const side = ([from, to]: [number[], number[]]) => Math.max(...from.map((low, axis) => to[axis]! - low));
  const [smallest] = extents.sort((a, b) => side(a) - side(b));
  // Worlds without end are everywhere alike.
  if (!smallest) return { x: 0, y: 0, z: 20, distance: FARTHEST };
  const [x = 0, y = 0, z = 0] = smallest[0].map((low, axis) => (low + smallest[1][axis]!) / 2);
  return { x, y, z, distance: Math.min(1.5 * side(smallest), FARTHEST) };
}

async function get<Kind>(path: string): Promise<Kind> {
  const response = await fetch(path);
  if (response.ok) return response.json();
  fail(`${path}: ${response.status} ${await response.text()}`);
  throw new Error(`there is no ${path}`);
}

/** Says where a tileset's data is from. */
export function attribute(extras: { attribution?: string[] } | undefined): void {
  at('attribution').textContent = (extras?.attribution ?? []).join('; ');
}

const failures: string[] = [];

/** Says that something has gone wrong. */
export function fail(error: unknown): void {
  failures.push(String(error).trim());
  say('failed', failures.slice(-3).join('\n'));
}

/** Says how many tiles there are, and who made them; whether that is all that is seen. */
export function progress(isComplete: boolean): void {
  const { generated, meshes } = window.gable.counts;
  if (failures.length === 0) say(isComplete ? 'complete' : 'loading', `${generated} tiles generated here, ${meshes} came as meshes`);
}

function say(state: string, text: string): void {
  const status = at('status');
  if (status.dataset['state'] === state && status.textContent === text) return;
  status.dataset['state'] = state;
  status.textContent = text;
}

// What a module throws while it starts comes as an error, all else that nobody has caught as a rejection.
addEventListener('error', ({ message }) => fail(message));
addEventListener('unhandledrejection', ({ reason }) => fail(reason));
