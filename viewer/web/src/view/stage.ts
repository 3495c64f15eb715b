// A canvas in which a world or a model is seen: the viewer's WebAssembly, the loop that draws, and whoever brings tiles.
import { said } from '../said.ts';
import { attach } from './hands.ts';
import type { Source } from './source.ts';
import { NOTHING } from './source.ts';
import type { Graphics, Opened, WasmStage } from './wasm.ts';
import { openStage } from './wasm.ts';

/** Something that was selected. */
export interface Selected {
  name: string | null;
  layer: string | null;
  tile: string;
  properties: [string, number | boolean | string][];
  place: string | null;
  placement: string | null;
  position: [number, number, number];
}

/** How a stage is now. */
export interface State {
  complete: boolean;
  missing: number;
  drawn: number;
  trouble: string | null;
  selected: Selected | null;
}

interface Order {
  number: number;
  kind: 'subtree' | 'content' | 'recipe' | 'image' | 'embedded';
  path: string;
}

/** Nothing is wanted of an order any more. */
interface Cancellation {
  number: number;
  kind: 'cancel';
}

/** An attribute that is set, of a layer or of one feature of it. */
interface Setting {
  feature: string | undefined;
  /** A tile that shows the feature. */
  tile: string | undefined;
  attribute: string;
  value: number | boolean | string;
}

export interface Options {
  source?: Source;
  quality?: string | undefined;
  /** The only interface to graphics that is tried. */
  graphics?: Graphics | undefined;
  /** Called with each device that is opened, before it draws. */
  opened?: (wasm: WasmStage) => void;
  /** Called after each picture whose state is another. */
  changed?: (state: State) => void;
  /** Called when nothing can be drawn any more. */
  failed?: (why: string) => void;
}

/** Longest side of a picture, pixels: finer ones cost more than they show. */
const LONGEST_SIDE = 4096;
/** Milliseconds after which what failed is looked at again. */
const AGAIN = 1000;
/** Milliseconds from one look whether the device is lost to the next. */
const LOOK = 2000;
/** So many devices may be lost in such a time, milliseconds. */
const LOSSES = 3;
const LOSS_TIME = 20_000;

export class Stage {
  /** What draws; none while a lost device is replaced. */
  #wasm: WasmStage | undefined;
  #graphics: Graphics;
  /** By which interface, and with which device. */
  readonly device: string;
  #canvas: HTMLCanvasElement;
  #options: Options;
  #source: Source;
  #running = new Map<number, AbortController>();
  #isDue = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  #state = '';
  #losses: number[] = [];
  /** What attributes are set to, by layer. */
  #settings = new Map<string, Map<string, Setting>>();
  /** Layers that are not shown. */
  #hidden = new Set<number>();
  /** What brings a new device to where the old one was. */
  #restore: () => Promise<void> = async () => {};
  /** Milliseconds of the last picture, on this thread. */
  drawing = 0;

  private constructor(canvas: HTMLCanvasElement, { stage, graphics, device }: Opened, options: Options) {
    this.#canvas = canvas;
    this.#wasm = stage;
    this.#graphics = graphics;
    this.device = device;
    this.#options = options;
    this.#source = options.source ?? NOTHING;
    this.#listen(canvas);
    document.addEventListener('visibilitychange', () => this.wake());
    options.opened?.(stage);
    this.#fit();
    setInterval(() => {
      const failure = this.#wasm?.failure();
      if (failure) void this.#survive(new Error(failure));
    }, LOOK);
  }

  /** Opens a stage. Throws when this browser can draw nothing. */
  static async open(canvas: HTMLCanvasElement, options: Options = {}): Promise<Stage> {
    // A canvas that one interface has refused is of no use to the other.
    let isFresh = true;
    const take = () => {
      if (!isFresh) {
        const other = canvas.cloneNode() as HTMLCanvasElement;
        canvas.replaceWith(other);
        canvas = other;
      }
      isFresh = false;
      fit(canvas);
      return canvas;
    };
    const opened = await openStage(take, options.quality, options.graphics);
    return new Stage(canvas, opened, options);
  }

  get wasm(): WasmStage {
    if (!this.#wasm) throw new Error('the graphics device is being opened anew');
    return this.#wasm;
  }

  /** Whether something can be drawn now. */
  get isOpen(): boolean {
    return this.#wasm !== undefined;
  }

  /** How many devices were lost lately. */
  get losses(): number {
    return this.#losses.length;
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  /** How it is now. */
  get state(): State {
    return JSON.parse(this.#state || '{"complete":false,"missing":0,"drawn":0,"trouble":null,"selected":null}') as State;
  }

  /** Shows a world as its server tells it; what is there stays until the new is. Throws when it cannot be read. */
  async showWorld(tileset: Uint8Array, manifest: Uint8Array): Promise<void> {
    this.#restore = () => this.showWorld(tileset, manifest);
    const wasm = this.wasm;
    const paths = JSON.parse(wasm.read_world(tileset, manifest)) as string[];
    const signal = AbortSignal.timeout(30_000);
    const roots = await Promise.all(paths.map((path) => this.#source.subtree(path, signal).catch(() => undefined)));
    // Of a device that was lost meanwhile nothing is wanted: the next one begins anew.
    if (wasm !== this.#wasm) return;
    roots.forEach((root, layer) => root && wasm.take_root(layer, root));
    wasm.show_world();
    this.#showLayers();
    this.wake();
  }

  /** Shows a model alone; what is there stays until it is there. Throws when it cannot be read. */
  show(glb: Uint8Array, keepsCamera = false): void {
    this.#restore = async () => this.show(glb);
    this.#wasm?.show_model(glb, keepsCamera);
    this.wake();
  }

  /** Shows a layer, or does not. */
  showLayer(layer: number, isShown: boolean): void {
    if (isShown) this.#hidden.delete(layer);
    else this.#hidden.add(layer);
    this.#wasm?.show_layer(layer, isShown);
    this.wake();
  }

  isShown(layer: number): boolean {
    return !this.#hidden.has(layer);
  }

  #showLayers(): void {
    for (const layer of this.#hidden) this.#wasm?.show_layer(layer, false);
  }

  /** Sets an attribute of a layer, or of one feature that a tile shows; null leaves it to the grammar again. */
  set(layer: string, of: { feature: string; tile: string } | undefined, attribute: string, value: number | boolean | string | null): void {
    const settings = this.#settings.get(layer) ?? new Map<string, Setting>();
    this.#settings.set(layer, settings);
    const { feature, tile } = of ?? {};
    const key = JSON.stringify([feature, attribute]);
    if (value === null) settings.delete(key);
    else settings.set(key, { feature, tile, attribute, value });
    this.wasm.set_attribute(layer, feature, tile, attribute, JSON.stringify(value));
    this.wake();
  }

  /** What an attribute is set to there; nothing where it is not set. */
  setting(layer: string, feature: string | undefined, attribute: string): number | boolean | string | undefined {
    return this.#settings.get(layer)?.get(JSON.stringify([feature, attribute]))?.value;
  }

  /** Leaves all attributes of a layer to the grammar again. */
  reset(layer: string): void {
    this.#settings.delete(layer);
    this.wasm.reset(layer);
    this.wake();
  }

  /** What is seen, as PNG. */
  async picture(): Promise<Blob> {
    // What is on the canvas is there only until the browser has shown it.
    this.wake();
    await new Promise(requestAnimationFrame);
    const blob = await new Promise<Blob | null>((done) => this.#canvas.toBlob(done));
    if (!blob) throw new Error('the picture cannot be read');
    return blob;
  }

  /** Something has changed: a picture is due. */
  wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame((time) => this.#draw(time));
  }

  #listen(canvas: HTMLCanvasElement): void {
    attach(canvas, () => this.#wasm, () => this.wake());
    new ResizeObserver(() => this.#fit()).observe(canvas);
    canvas.addEventListener('webglcontextlost', () => {
      if (canvas === this.#canvas) void this.#survive(new Error('the WebGL context is lost'));
    });
  }

  #fit(): void {
    if (fit(this.#canvas) && this.#wasm) {
      this.#wasm.resize(this.#canvas.width, this.#canvas.height);
      this.wake();
    }
  }

  #draw(time: number): void {
    this.#isDue = false;
    const wasm = this.#wasm;
    if (!wasm || document.hidden) return;
    const begun = performance.now();
    let isDue: boolean;
    try {
      if (!wasm.is_free()) return this.wake();
      isDue = wasm.draw(time / 1000);
      this.#follow(wasm.orders());
    } catch (error) {
      void this.#survive(error);
      return;
    }
    this.drawing = performance.now() - begun;
    this.#tell(wasm.state());
    if (isDue) this.wake();
    clearTimeout(this.#again);
    if (!this.state.complete) this.#again = setTimeout(() => this.wake(), AGAIN);
  }

  #tell(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.changed?.(this.state);
  }

  #follow(orders: string): void {
    if (orders === '') return;
    for (const order of JSON.parse(orders) as (Order | Cancellation)[]) {
      if (order.kind === 'cancel') {
        this.#running.get(order.number)?.abort();
        this.#running.delete(order.number);
      } else {
        void this.#bring(order);
      }
    }
  }

  /** Brings what was ordered, or says why it cannot be had. */
  async #bring({ number, kind, path }: Order): Promise<void> {
    const wasm = this.wasm;
    const controller = new AbortController();
    this.#running.set(number, controller);
    try {
      const take = await this.#answer(wasm, { number, kind, path }, controller.signal);
      // Of a device that was lost meanwhile nothing is wanted.
      if (wasm === this.#wasm) take();
    } catch (error) {
      if (controller.signal.aborted || wasm !== this.#wasm) return;
      wasm.fail(number, said(error));
    } finally {
      this.#running.delete(number);
    }
    this.wake();
  }

  async #answer(wasm: WasmStage, { number, kind, path }: Order, signal: AbortSignal): Promise<() => void> {
    const source = this.#source;
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    switch (kind) {
      case 'subtree': {
        const bytes = await source.subtree(path, signal);
        return () => wasm.take_subtree(number, bytes);
      }
      case 'content': {
        const { bytes, generated, placement, wireBytes, workSeconds } = await source.content(path, signal);
        return () => wasm.take_content(number, bytes, generated, placement, wireBytes, seconds(), workSeconds);
      }
      case 'recipe': {
        const recipe = await source.recipe(path, signal);
        const layer = path.split('/').at(-6) ?? '';
        const made = await source.run(layer, wasm.set_recipe(layer, recipe) as Uint8Array<ArrayBuffer>, signal);
        return () => wasm.take_content(number, made.content, true, 'set here', recipe.length, seconds(), made.seconds);
      }
      case 'image': return pixels(wasm, number, await source.image(path, signal));
      case 'embedded': return pixels(wasm, number, new Blob([(wasm.embedded(number) ?? new Uint8Array()) as Uint8Array<ArrayBuffer>]));
    }
  }

  /** After a device is lost, another takes its place. */
  async #survive(error: unknown): Promise<void> {
    const old = this.#wasm;
    if (!old) return;
    this.#wasm = undefined;
    const now = Date.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSS_TIME), now];
    const why = said(error);
    // After a trap its memory may be anything: nothing is asked of it any more.
    if (error instanceof WebAssembly.RuntimeError || this.#losses.length > LOSSES) {
      this.#options.failed?.(why);
      return;
    }
    console.warn(`Gable: the graphics device is opened anew: ${why}`);
    try {
      const [camera, mode] = [old.camera(), old.mode()];
      for (const running of this.#running.values()) running.abort();
      const canvas = this.#canvas.cloneNode() as HTMLCanvasElement;
      this.#canvas.replaceWith(canvas);
      this.#canvas = canvas;
      this.#listen(canvas);
      const { stage } = await openStage(() => canvas, this.#options.quality, this.#graphics);
      this.#wasm = stage;
      this.#options.opened?.(stage);
      this.#fit();
      await this.#restore();
      for (const [layer, settings] of this.#settings) {
        for (const { feature, tile, attribute, value } of settings.values()) {
          stage.set_attribute(layer, feature, tile, attribute, JSON.stringify(value));
        }
      }
      stage.jump(camera);
      stage.set_mode(mode);
      this.wake();
    } catch (again) {
      this.#options.failed?.(said(again));
    }
  }
}

/** Gives a canvas as many pixels as it has on the screen; says whether they are others than before. */
function fit(canvas: HTMLCanvasElement): boolean {
  const ratio = Math.min(devicePixelRatio || 1, LONGEST_SIDE / Math.max(1, canvas.clientWidth, canvas.clientHeight));
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (width === canvas.width && height === canvas.height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

/** Unpacks an image for a stage. */
async function pixels(wasm: WasmStage, number: number, blob: Blob): Promise<() => void> {
  const image = await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('images cannot be unpacked here');
  context.drawImage(image, 0, 0);
  image.close();
  const { data } = context.getImageData(0, 0, width, height);
  return () => wasm.take_image(number, width, height, new Uint8Array(data.buffer));
}
