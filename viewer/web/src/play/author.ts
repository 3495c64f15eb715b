// The compiler as WebAssembly (compiler/browser), as functions.
import type { Attribute } from '../home/attributes.ts';
import type { Project } from './project.ts';

/** A place in a text: UTF-16 offsets; line and column from 1. */
export interface Place {
  path: string;
  start: number;
  end: number;
  line: number;
  column: number;
  label: string;
}

/** What is wrong with a text. */
export interface Diagnostic extends Place {
  severity: 'error' | 'warning';
  code: string;
  title: string;
  help: string | null;
  also: Place[];
}

/** What came of a compilation. */
export interface Outcome {
  diagnostics: Diagnostic[];
  /** Paths of the files that were read, the main one first. */
  files: string[];
  /** Nothing when there are errors. */
  attributes: Attribute[] | null;
  /** The rules that one may start with. */
  rules: string[];
  start: string | null;
}

/** What a word is: the order of `Kind` in compiler/browser/src/mark.rs. */
export const KINDS = [
  'comment', 'text', 'number', 'keyword', 'operation', 'function', 'annotation', 'declared', 'name', 'symbol', 'wrong',
] as const;

/** The module's functions; pointers and lengths are 32-bit. */
interface Functions {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  compile(): number;
  recipe(): number;
  layout(): number;
  marks(): number;
  output_ptr(): number;
  output_len(): number;
  module_ptr(): number;
  module_len(): number;
}

/** The compiler has met something that it was not made for; the next call finds another one. */
export class Fault extends Error {
  constructor(cause: unknown) {
    super(`The compiler stopped (${cause}). That is a fault of ours, please report the text; it works on with the next change.`);
  }
}

export class Author {
  #module: WebAssembly.Module;
  #instance: WebAssembly.Instance;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#instance = new WebAssembly.Instance(module, {});
  }

  /** Compiles a project for a kernel; the module, if there is one, is what `recipe` is for. */
  compile({ main }: Project, files: Record<string, string>, kernel: string): { outcome: Outcome; module?: Uint8Array<ArrayBuffer> } {
    const { output, status } = this.#task('compile', JSON.stringify({ main, files, kernel: bytesOf(kernel) }));
    const outcome = JSON.parse(text(output)) as Outcome;
    return status === 0 ? { outcome, module: this.#take('module') } : { outcome };
  }

  /** The recipe that runs the module that was compiled last. Throws when there can be none. */
  recipe({ lot, seed, start, attributes }: Project, assets: { name: string; sha256: string }[]): Uint8Array<ArrayBuffer> {
    const named = assets.map(({ name, sha256 }) => ({ name, sha256: bytesOf(sha256) }));
    const { output, status } = this.#task('recipe', JSON.stringify({ lot, seed, start, attributes, assets: named }));
    if (status !== 0) throw new Error(text(output));
    return output;
  }

  /** A text in the one layout; nothing when it does not parse. */
  layout(of: string): string | undefined {
    const { output, status } = this.#task('layout', of);
    return status === 0 ? text(output) : undefined;
  }

  /** What the words of a text are: kind, start, end of each. */
  marks(of: string): Uint32Array {
    return new Uint32Array(this.#task('marks', of).output.buffer);
  }

  #task(name: 'compile' | 'recipe' | 'layout' | 'marks', input: string): { output: Uint8Array<ArrayBuffer>; status: number } {
    const bytes = new TextEncoder().encode(input);
    try {
      const { alloc, memory, [name]: task } = this.#functions;
      const pointer = alloc(bytes.length) >>> 0;
      new Uint8Array(memory.buffer, pointer, bytes.length).set(bytes);
      const status = task();
      return { output: this.#take('output'), status };
    } catch (error) {
      this.#instance = new WebAssembly.Instance(this.#module, {});
      throw new Fault(error);
    }
  }

  #take(what: 'output' | 'module'): Uint8Array<ArrayBuffer> {
    const functions = this.#functions;
    const start = functions[`${what}_ptr`]() >>> 0;
    return new Uint8Array(functions.memory.buffer as ArrayBuffer).slice(start, start + (functions[`${what}_len`]() >>> 0));
  }

  get #functions(): Functions {
    return this.#instance.exports as unknown as Functions;
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The bytes of hexadecimal digits. */
function bytesOf(digits: string): number[] {
  return Array.from({ length: digits.length / 2 }, (_, place) => Number.parseInt(digits.slice(2 * place, 2 * place + 2), 16));
}
