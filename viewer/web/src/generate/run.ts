// Runs recipes in the browser's own WebAssembly: the kernel and a grammar's module, as runtime/host does natively.

/** What the kernel exports of its interface to hosts; pointers and lengths are 32-bit. */
interface Kernel {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  load_module(pointer: number, length: number): number;
  load_asset(name: number, nameLength: number, bytes: number, length: number): number;
  begin(pointer: number, length: number): number;
  finish(): number;
  /** Number of parts of the content. */
  outputs(): number;
  output_ptr(part: number): number;
  output_len(part: number): number;
}

/** A grammar, ready to run. */
export interface Rules {
  kernel: WebAssembly.Module;
  grammar: WebAssembly.Module;
  assets: ReadonlyArray<readonly [name: string, bytes: Uint8Array]>;
}

/** What a recipe makes. */
export interface Run {
  content: Uint8Array<ArrayBuffer>;
  /** What was made, reported, printed: the kernel's summary, as JSON. */
  summary: string;
}

/** Runs a recipe. Throws with the kernel's words when it makes nothing. */
export function generate({ kernel: kernelModule, grammar: module, assets }: Rules, recipe: Uint8Array): Run {
  const kernel = new WebAssembly.Instance(kernelModule, {}).exports as unknown as Kernel;
  const grammar = new WebAssembly.Instance(module, { k: kernel as unknown as WebAssembly.ModuleImports }).exports;
  const give = (bytes: Uint8Array): [number, number] => {
    const pointer = kernel.alloc(bytes.length);
    new Uint8Array(kernel.memory.buffer).set(bytes, pointer >>> 0);
    return [pointer, bytes.length];
  };
  const view = (pointer: number, length: number) =>
    new Uint8Array(kernel.memory.buffer as ArrayBuffer, pointer >>> 0, length >>> 0);
  const take = (name: 'error' | 'summary'): Uint8Array<ArrayBuffer> => {
    const number = (part: 'ptr' | 'len') => (kernel as unknown as Record<string, () => number>)[`${name}_${part}`]!();
    return view(number('ptr'), number('len')).slice();
  };
  const content = (): Uint8Array<ArrayBuffer> => {
    const parts = Array.from({ length: kernel.outputs() }, (_, part) => view(kernel.output_ptr(part), kernel.output_len(part)));
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let end = 0;
    for (const part of parts) {
      whole.set(part, end);
      end += part.length;
    }
    return whole;
  };
  const text = (name: 'error' | 'summary') => new TextDecoder().decode(take(name));
  const said = () => text('error');
  const expect = (status: number) => {
    if (status !== 0) throw new Error(said());
  };
  const [manifest] = WebAssembly.Module.customSections(module, 'gable');
  if (!manifest) throw new Error('the module is not one of Gable');
  try {
    expect(kernel.load_module(...give(new Uint8Array(manifest))));
    for (const [name, bytes] of assets) {
      expect(kernel.load_asset(...give(new TextEncoder().encode(name)), ...give(bytes)));
    }
    expect(kernel.begin(...give(recipe)));
    (grammar['generate'] as () => void)();
    expect(kernel.finish());
  } catch (error) {
    // A run that ends at a limit traps, and says why.
    if (error instanceof WebAssembly.RuntimeError && said()) throw new Error(said());
    throw error;
  }
  return { content: content(), summary: text('summary') };
}
