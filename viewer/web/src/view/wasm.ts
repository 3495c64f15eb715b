// The viewer's WebAssembly (viewer/browser), as its page's side sees it. JSON is text here: it crosses in one piece.

export interface WasmStage {
  device(): string;
  resize(width: number, height: number): void;
  read_world(tileset: Uint8Array, manifest: Uint8Array): string;
  take_root(layer: number, bytes: Uint8Array): void;
  show_world(): void;
  show_model(glb: Uint8Array, keepsCamera: boolean): void;
  overview(): void;
  camera(): string;
  jump(camera: string): void;
  mode(): string;
  set_mode(mode: string): void;
  point(x: number, y: number): void;
  turn(right: number, down: number): void;
  shift(right: number, down: number): void;
  wheel(notches: number): void;
  hold(forward: number, right: number, up: number, isFast: boolean): void;
  select(x: number, y: number): void;
  deselect(): void;
  go_to(x: number, y: number): void;
  set_scenery(hour: number, exposure: number, colors: string): void;
  set_error(error: number): void;
  show_layer(layer: number, isShown: boolean): void;
  failure(): string | undefined;
  is_free(): boolean;
  draw(now: number): boolean;
  orders(): string;
  take_subtree(number: number, bytes?: Uint8Array): void;
  take_content(
    number: number, bytes: Uint8Array, isGenerated: boolean, placement: string, wireBytes: number, seconds: number, workSeconds: number,
  ): void;
  take_image(number: number, width: number, height: number, rgba: Uint8Array): void;
  fail(number: number, why: string): void;
  embedded(number: number): Uint8Array | undefined;
  recipe_path(layer: string, tile: string): string;
  set_recipe(layer: string, recipe: Uint8Array, feature?: string): Uint8Array;
  set_attribute(layer: string, feature: string | undefined, tile: string | undefined, attribute: string, value: string): void;
  reset(layer: string): void;
  world(): string;
  state(): string;
  statistics(): string;
}

interface WasmModule {
  default(options: { module_or_path: URL }): Promise<unknown>;
  Stage: { open(canvas: HTMLCanvasElement, quality?: string): Promise<WasmStage> };
}

/** Interfaces to graphics, the better first. */
export type Graphics = 'webgpu' | 'webgl';

const FILES: Record<Graphics, string> = { webgpu: 'gable-view', webgl: 'gable-view-webgl' };

/** What is known of WebGPU's adapter. */
interface AdapterInfo {
  vendor: string;
  architecture: string;
  description: string;
  isFallbackAdapter?: boolean;
}

/** The adapter of WebGPU, which may be there without one. */
async function adapter(): Promise<AdapterInfo | undefined> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<{ info: AdapterInfo } | null> } }).gpu;
  const found = await gpu?.requestAdapter().catch(() => null);
  return found?.info;
}

/** What was opened. */
export interface Opened {
  stage: WasmStage;
  graphics: Graphics;
  /** In words. */
  device: string;
}

/** Opens a stage by the best interface that works; `only` tries no other. */
export async function openStage(
  canvas: () => HTMLCanvasElement, quality: string | undefined, only: Graphics | undefined,
): Promise<Opened> {
  const info = only === 'webgl' ? undefined : await adapter();
  let problem: unknown = 'there is no adapter';
  for (const graphics of only ? [only] : (info ? ['webgpu', 'webgl'] : ['webgl']) satisfies Graphics[]) {
    try {
      const script = new URL(`/${FILES[graphics]}.js`, location.href);
      const module = await import(script.href) as WasmModule;
      await module.default({ module_or_path: new URL(script.href.replace(/js$/, 'wasm')) });
      // Shadow maps take a processor longer than all the rest.
      const suited = graphics === 'webgpu' && info?.isFallbackAdapter ? 'low' : undefined;
      const stage = await module.Stage.open(canvas(), quality ?? suited);
      const device = graphics === 'webgpu' && info
        ? `WebGPU: ${info.description || [info.vendor, info.architecture].filter(Boolean).join(' ')}`
        : `WebGL 2: ${stage.device()}`;
      return { stage, graphics, device };
    } catch (error) {
      problem = error;
      console.info(`Gable: ${graphics} cannot be used: ${error}`);
    }
  }
  throw new Error(`This browser can draw neither with WebGPU nor with WebGL 2: ${problem}`);
}
