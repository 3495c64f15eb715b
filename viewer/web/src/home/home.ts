// The page at `/`: a world of this server, seen at once.
import { said } from '../said.ts';
import type { Selected, State } from '../view/stage.ts';
import { Stage } from '../view/stage.ts';
import type { Graphics, WasmStage } from '../view/wasm.ts';
import { at } from './element.ts';
import type { Reports } from './found.ts';
import { FoundPanel, described } from './found.ts';
import { listen, toggleHelp } from './keys.ts';
import * as link from './link.ts';
import type { About } from './panel.ts';
import { Panel } from './panel.ts';
import { ServerWorld, worldNames } from './server.ts';
import * as statistics from './statistics.ts';

/** Milliseconds from one question whether the world has changed to the next. */
const ASK = 2000;
/** Milliseconds for which something is said. */
const NOTE = 6000;

const asked = new URLSearchParams(location.search);

class Page {
  #stage: Stage;
  #world: ServerWorld;
  #worlds: string[];
  #panel: Panel;
  #found: FoundPanel;
  #note = '';
  #noted: ReturnType<typeof setTimeout> | undefined;
  #written = '';
  #isOver = false;

  constructor(stage: Stage, world: ServerWorld, worlds: string[]) {
    this.#stage = stage;
    this.#world = world;
    this.#worlds = worlds;
    this.#panel = new Panel(stage, link.read(location.hash), {
      changed: () => this.#writeLink(),
      statistics: () => this.#toggleStatistics(),
      keys: toggleHelp,
      copy: () => void this.#copyLink(),
      picture: () => void this.#savePicture(),
    });
    this.#found = new FoundPanel(stage, (selected) => this.#reports(selected));
    addEventListener('hashchange', () => {
      if (location.hash !== this.#written) this.#goTo(link.read(location.hash));
    });
    this.#listen();
  }

  /** Shows the world, and what becomes of it, as long as the page is there. */
  async run(): Promise<void> {
    const asked = link.read(location.hash);
    await this.#look();
    this.#goTo(asked);
    const watch = async () => {
      if (this.#isOver) return;
      if (!document.hidden && this.#stage.isOpen) await this.#look().catch((error: unknown) => this.problem(`${said(error)}\nWhat is here stays; the server is asked again and again.`));
      setTimeout(watch, ASK);
    };
    setTimeout(watch, ASK);
  }

  /** Shows the world as it is now, if it is another than before. */
  async #look(): Promise<void> {
    const told = await this.#world.read();
    this.problem('');
    if (!told) return;
    await this.#stage.showWorld(told.tileset, told.manifest);
    this.#world.accept(told);
    const about = JSON.parse(this.#stage.wasm.world()) as About;
    document.title = `${about.name} - Gable`;
    this.#panel.show(about, this.#worlds);
  }

  /** The picture has changed. */
  changed(state: State): void {
    if (state.trouble) this.#say(state.trouble);
    this.#panel.select(state.selected);
    this.#found.show(state.selected);
    this.#status(state);
    if (state.complete) this.#writeLink();
    if (!at('statistics').hidden) statistics.show(this.#stage, received());
  }

  /** A device was opened: it knows nothing of how pictures look. */
  opened(): void {
    this.#panel.apply();
  }

  /** Nothing can be drawn any more. */
  fail(why: string): void {
    this.#isOver = true;
    this.problem(`${why}\nPlease load the page again.`);
  }

  problem(why: string): void {
    at('problem').textContent = why;
    at('problem').hidden = why === '';
  }

  #status({ complete, missing }: State): void {
    const loading = missing === 1 ? '1 tile is on its way' : `${missing} tiles are on their way`;
    at('status').textContent = this.#note || (complete || missing === 0 ? '' : loading);
  }

  #say(note: string): void {
    this.#note = note;
    clearTimeout(this.#noted);
    this.#noted = setTimeout(() => {
      this.#note = '';
      this.#status(this.#stage.state);
    }, NOTE);
    this.#status(this.#stage.state);
  }

  #goTo(view: link.View): void {
    try {
      if (view.camera) this.#stage.wasm.jump(view.camera);
    } catch (error) {
      this.#say(said(error));
    }
    if (view.mode) this.#panel.setMode(view.mode);
    Object.assign(this.#panel.view, view);
    this.#panel.apply();
  }

  #writeLink(): void {
    const written = link.write({ ...this.#panel.view, camera: this.#stage.wasm.camera() });
    if (written === this.#written) return;
    this.#written = written;
    history.replaceState(null, '', written);
  }

  async #copyLink(): Promise<void> {
    this.#writeLink();
    // Without the clipboard it can be copied from where addresses are.
    await navigator.clipboard.writeText(location.href).then(() => this.#say('The address of this view is copied'), () => this.#say('This address shows this view'));
  }

  async #savePicture(): Promise<void> {
    const file = document.createElement('a');
    file.href = URL.createObjectURL(await this.#stage.picture());
    file.download = `${this.#world.name}.png`;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 1000);
  }

  #toggleStatistics(): void {
    at('statistics').hidden = !at('statistics').hidden;
    if (!at('statistics').hidden) statistics.show(this.#stage, received());
  }

  /** What the grammar reports of a feature. */
  async #reports({ layer, tile, name }: Selected): Promise<[string, string][]> {
    if (!layer || !name) return [];
    const recipe = await this.#world.recipe(this.#stage.wasm.recipe_path(layer, tile));
    const made = await this.#world.run(layer, this.#stage.wasm.set_recipe(layer, recipe, name) as Uint8Array<ArrayBuffer>);
    return described((JSON.parse(made.summary) as { reports: Reports }).reports);
  }

  #listen(): void {
    const look = (what: (wasm: WasmStage) => void) => () => {
      if (!this.#stage.isOpen) return;
      what(this.#stage.wasm);
      this.#stage.wake();
    };
    listen({
      m: () => this.#panel.nextMode(),
      Home: look((wasm) => wasm.overview()),
      '[': () => this.#panel.setHour(this.#panel.view.hour - 0.5),
      ']': () => this.#panel.setHour(this.#panel.view.hour + 0.5),
      t: () => this.#panel.fold(),
      F3: () => this.#toggleStatistics(),
      g: () => this.#panel.nextColors(),
      c: () => void this.#copyLink(),
      p: () => void this.#savePicture(),
      Escape: look((wasm) => wasm.deselect()),
      '?': toggleHelp,
    });
  }
}

/** Bytes that came over the network for this page. */
function received(): number {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  return entries.reduce((sum, entry) => sum + entry.transferSize, 0);
}

async function start(): Promise<void> {
  performance.setResourceTimingBufferSize(5000);
  const [worlds] = await Promise.all([worldNames().catch((): string[] => []), window.gable.ready]);
  const name = asked.get('world') ?? worlds[0];
  if (!name) throw new Error('This server has no world.');
  if (worlds.length > 0 && !worlds.includes(name)) throw new Error(`There is no world ${name}: this server has ${worlds.join(', ')}.`);
  let page: Page | undefined;
  const world = new ServerWorld(name);
  const stage: Stage = await Stage.open(at<HTMLCanvasElement>('view'), {
    source: world,
    quality: asked.get('quality') ?? undefined,
    graphics: (asked.get('graphics') ?? undefined) as Graphics | undefined,
    opened: () => page?.opened(),
    changed: (state) => page?.changed(state),
    failed: (why) => page?.fail(why),
  });
  page = new Page(stage, world, worlds);
  // For whoever measures or tests.
  Object.assign(window, { stage });
  await page.run();
}

start().catch((error: unknown) => {
  at('problem').textContent = said(error);
  at('problem').hidden = false;
  at('status').textContent = '';
});
