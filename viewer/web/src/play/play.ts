// The playground: an editor of grammars on the left, what they make on the right, all of it made in this page.
import { described } from '../home/found.ts';
import type { Reports } from '../home/found.ts';
import { at, element, line } from '../home/element.ts';
import { Kit } from '../generate/kit.ts';
import { said } from '../said.ts';
import { Stage } from '../view/stage.ts';
import { Author } from './author.ts';
import { Controls } from './controls.ts';
import { Desk } from './desk.ts';
import { Editor } from './editor.ts';
import type { Example, Examples } from './examples.ts';
import { begin, examples } from './examples.ts';
import type { Problem, Warning } from './problems.ts';
import { list, ofDiagnostic, ofFailure, ofWarning } from './problems.ts';
import type { Project } from './project.ts';
import { keep, kept, share, shared } from './project.ts';
import type { Answer, Tools } from './worker.ts';

/** Milliseconds without another key until what was typed is compiled. */
const PAUSE = 150;
/** Milliseconds for which something is said. */
const NOTE = 6000;
/** The example that is there at the first visit. */
const FIRST = 'detached_house';

/** What the kernel says of a run. */
interface Summary {
  counts: { drawnTriangles: number };
  reports: Reports;
  warnings: Warning[];
  prints: string[];
}

class Page {
  /** None where nothing can be drawn. */
  readonly stage: Stage | undefined;
  #examples: Examples;
  #project: Project;
  #editor: Editor;
  #controls: Controls;
  #desk: Desk;
  #files: string[] = [];
  /** What the compiler says of the text. */
  #diagnosed: Problem[] = [];
  #pause: ReturnType<typeof setTimeout> | undefined;
  #noted: ReturnType<typeof setTimeout> | undefined;
  /** Another text than the last one that was shown: the camera goes to it. */
  #isNew = true;
  #layingOut = '';
  /** The last good model. */
  content: Uint8Array<ArrayBuffer> | undefined;
  /** How often a text was compiled, and how often one was run; for whoever tests. */
  readonly done = { compiled: 0, made: 0 };
  #compiled = '';

  constructor(stage: Stage | undefined, found: Examples, project: Project, author: Author, tools: Tools) {
    this.stage = stage;
    this.#examples = found;
    this.#project = project;
    this.#desk = new Desk(tools, (answer) => this.#hear(answer));
    this.#editor = new Editor(at('editor'), author, { changed: () => this.#typed(), layout: () => this.#layout() });
    this.#controls = new Controls(project, () => this.#changed());
    at('controls').append(this.#controls.element);
    at('examples').onclick = () => at<HTMLDialogElement>('gallery').showModal();
    at('layout').onclick = () => this.#layout();
    at('share').onclick = () => void this.#share();
    at('export').onclick = () => this.#export();
    at('whole').onclick = () => {
      this.stage?.wasm.overview();
      this.stage?.wake();
    };
    at('gallery').append(element('h2', {}, 'Examples'), ...found.grammars.map((example) => this.#card(example)),
      element('button', { className: 'close', onclick: () => at<HTMLDialogElement>('gallery').close() }, 'Close'));
    addEventListener('hashchange', () => void this.#arrive());
    this.open(project);
  }

  /** Whether all that was typed has been compiled and run. */
  get isIdle(): boolean {
    return this.#pause === undefined && !this.#desk.isBusy;
  }

  /** The text of the file that is shown. */
  get text(): string {
    return this.#editor.text;
  }

  /** Takes another project. */
  open(project: Project): void {
    this.#project = project;
    this.#isNew = true;
    this.#controls.open(project);
    this.#editor.clear();
    this.#editor.diagnose([]);
    this.#showFile(project.main);
    this.#run();
  }

  #card(example: Example): HTMLElement {
    return element('button', { onclick: () => this.#choose(example) }, element('b', {}, example.name.replaceAll('_', ' ')), element('small', {}, example.about));
  }

  #choose(example: Example): void {
    at<HTMLDialogElement>('gallery').close();
    const { texts } = this.#project;
    const isOwn = Object.entries(texts).some(([path, text]) => this.#examples.files[path] !== text);
    if (isOwn && !confirm('Your changes to this text will be gone. Share it first to keep an address of it.')) return;
    this.open(begin(example, this.#examples));
    keep(this.#project);
  }

  /** Something was typed. */
  #typed(): void {
    const { path, text } = this.#editor;
    if (path !== this.#project.main && text === this.#examples.files[path]) delete this.#project.texts[path];
    else this.#project.texts[path] = text;
    this.#changed();
  }

  #changed(): void {
    keep(this.#project);
    // The address has what was shared: a reload would bring that back.
    if (location.hash) history.replaceState(null, '', location.pathname + location.search);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#run(), PAUSE);
  }

  #run(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#diagnosed = [];
    this.#desk.give({ kind: 'run', project: this.#project });
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case 'compiled': {
        this.done.compiled += 1;
        const { outcome, seconds, bytes, isLast } = answer;
        this.#files = outcome.files;
        this.#showTabs();
        this.#editor.diagnose(outcome.diagnostics);
        this.#controls.show(outcome);
        this.#diagnosed = outcome.diagnostics.map(ofDiagnostic);
        this.#say(this.#diagnosed);
        this.#compiled = `compiled in ${milliseconds(seconds)} to ${size(bytes)}`;
        if (isLast) this.#isOld(true);
        break;
      }
      case 'made': {
        this.done.made += 1;
        this.#show(answer.content, JSON.parse(answer.summary) as Summary, answer.seconds);
        break;
      }
      case 'failed': {
        this.#say([...this.#diagnosed, ofFailure(answer.failure)]);
        this.#isOld(true);
        break;
      }
      case 'laidOut': this.#laidOut(answer.text);
    }
  }

  #show(content: Uint8Array<ArrayBuffer>, { counts, reports, warnings, prints }: Summary, seconds: number): void {
    this.content = content;
    at<HTMLButtonElement>('export').disabled = false;
    try {
      this.stage?.show(content, !this.#isNew);
      this.#isNew = false;
      if (this.stage) at('trouble').hidden = true;
    } catch (error) {
      trouble(error);
    }
    this.#isOld(false);
    this.#say([...this.#diagnosed, ...warnings.map(ofWarning)]);
    at('numbers').textContent = `${this.#compiled}, generated in ${milliseconds(seconds)}: ${counts.drawnTriangles.toLocaleString('en')} triangles, ${size(content.length)}`;
    const rows = described(reports).map(([key, value]) => line(key, value));
    at('reports').replaceChildren(...(rows.length > 0 ? [element('table', {}, ...rows)] : []), ...(prints.length > 0 ? [element('pre', {}, prints.join('\n'))] : []));
  }

  /** What is shown is what an earlier text made. */
  #isOld(is: boolean): void {
    at('stage').classList.toggle('old', is);
  }

  /** Lists problems, errors first. */
  #say(problems: Problem[]): void {
    const sorted = [...problems].sort((a, b) => compare(a.severity, b.severity));
    at('problems').replaceChildren(...list(sorted, this.#project.main, (problem) => this.#go(problem)));
  }

  #go({ path, line: number = 1, range }: Problem): void {
    this.#showFile(path || this.#project.main);
    const start = this.#editor.startOf(number);
    this.#editor.go(...(range ?? [start, start]));
  }

  #showFile(path: string): void {
    if (path !== this.#editor.path) this.#editor.open(path, this.#project.texts[path] ?? this.#examples.files[path] ?? '');
    this.#showTabs();
  }

  #showTabs(): void {
    const { main, texts } = this.#project;
    const { path: open } = this.#editor;
    const paths = [...new Set([main, ...this.#files, ...Object.keys(texts)])];
    const tab = (path: string) => {
      const isOpen = path === open;
      const title = path in texts ? path : `${path}, as it is bundled`;
      const button = element('button', { role: 'tab', title, tabIndex: isOpen ? 0 : -1, ariaSelected: String(isOpen), onclick: () => this.#showFile(path) }, path);
      button.addEventListener('keydown', ({ key }) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
        if (!step) return;
        this.#showFile(paths[(paths.indexOf(path) + step + paths.length) % paths.length]!);
        at('tabs').querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
      });
      return button;
    };
    at('tabs').replaceChildren(...paths.map(tab));
  }

  #layout(): void {
    this.#layingOut = this.#editor.text;
    this.#desk.give({ kind: 'layout', text: this.#layingOut });
  }

  #laidOut(text: string | undefined): void {
    if (text === undefined) this.note('A text with errors is not formatted.');
    else if (this.#editor.text === this.#layingOut && text !== this.#layingOut) this.#editor.replace(text);
    else this.#run();
  }

  async #share(): Promise<void> {
    history.replaceState(null, '', await share(this.#project));
    // Without the clipboard it can be copied from where addresses are.
    await navigator.clipboard.writeText(location.href).then(() => this.note('The address is copied'), () => this.note('This address opens the text'));
  }

  /** Another address was entered. */
  async #arrive(): Promise<void> {
    const project = await shared(location.hash).catch((error: unknown) => this.note(String(error)));
    if (project) this.open(project);
  }

  #export(): void {
    if (!this.content) return;
    const file = document.createElement('a');
    file.href = URL.createObjectURL(new Blob([this.content], { type: 'model/gltf-binary' }));
    file.download = `${this.#project.main.replace(/^.*\/|\.cga$/g, '')}.glb`;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 1000);
  }

  note(text: string): undefined {
    at('note').textContent = text;
    clearTimeout(this.#noted);
    this.#noted = setTimeout(() => { at('note').textContent = ''; }, NOTE);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function trouble(error: unknown): void {
  at('trouble').textContent = said(error);
  at('trouble').hidden = false;
}

async function load(): Promise<{ found: Examples; author: WebAssembly.Module; tools: Tools }> {
  const compile = async () => {
    const response = await fetch('gable-author.wasm');
    if (!response.ok) throw new Error(`The server answers ${response.status} where the compiler should be.`);
    return WebAssembly.compileStreaming(response);
  };
  const prepare = async () => {
    const found = await examples();
    return { found, basis: await new Kit().basis(found) };
  };
  const [author, { found, basis }] = await Promise.all([compile(), prepare()]);
  const bytes = new Map(basis.assets);
  const assets = found.assets.map(({ name, sha256 }) => ({ name, sha256, bytes: bytes.get(name)! }));
  return { found, author, tools: { author, kernel: basis.kernel, kernelHash: found.kernel.sha256, assets, files: found.files } };
}

async function start(): Promise<void> {
  // Without a picture there is still an editor.
  const opening = Stage.open(at<HTMLCanvasElement>('view'), { failed: trouble, changed: (state) => state.trouble && trouble(state.trouble) });
  const [stage, { found, author, tools }] = await Promise.all([opening.catch(trouble), load()]);
  let project: Project | undefined;
  let note: unknown;
  try {
    project = await shared(location.hash);
  } catch (error) {
    note = error;
  }
  const first = found.grammars.find(({ name }) => name === FIRST) ?? found.grammars[0];
  project ??= kept() ?? (first ? begin(first, found) : undefined);
  if (!project) throw new Error('The server has no example.');
  const page = new Page(stage ?? undefined, found, project, new Author(author), tools);
  if (note) page.note(String(note));
  // For whoever measures or tests.
  Object.assign(window, { playground: page });
}

start().catch(trouble);
