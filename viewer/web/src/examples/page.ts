// What both examples show besides the world: which one, how it goes, where the data is from.

const at = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

/** The name of the world that the page's address asks for (`?world=NAME`), or else of the server's first. */
export async function chosenWorld(): Promise<string> {
  const names: string[] = await (await fetch('/worlds.json')).json();
  const name = new URLSearchParams(location.search).get('world') ?? names[0];
  if (!name) throw new Error('the server has no worlds');
  const list = at<HTMLSelectElement>('world');
  list.append(...names.map((other) => new Option(other, other, false, other === name)));
  list.addEventListener('change', () => { location.search = `?world=${encodeURIComponent(list.value)}`; });
  for (const link of document.querySelectorAll('nav a')) (link as HTMLAnchorElement).search = `?world=${encodeURIComponent(name)}`;
  return name;
}

/** Says where a tileset's data is from. */
export function attribute(extras: { attribution?: string[] } | undefined): void {
  at('attribution').textContent = (extras?.attribution ?? []).join('; ');
}

const failures: string[] = [];

/** Says that something has gone wrong. */
export function fail(error: unknown): void {
  failures.push(String(error));
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

addEventListener('unhandledrejection', ({ reason }) => fail(reason));
