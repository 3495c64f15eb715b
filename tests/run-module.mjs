// Runs recipes in the JavaScript engine's own WebAssembly: what a browser does, in Node.
//
//   node run-module.mjs kernel.wasm module.wasm recipe.bin assets.json out.glb
//
// assets.json is a list of [name, file of prepared bytes]. Prints one JSON line: bytes, gas, bytes of memory, milliseconds.
import { readFileSync, writeFileSync } from "node:fs";

const [kernelFile, moduleFile, recipeFile, assetsFile, outFile] = process.argv.slice(2);
const kernelModule = new WebAssembly.Module(readFileSync(kernelFile));
const grammarModule = new WebAssembly.Module(readFileSync(moduleFile));
const manifest = new Uint8Array(WebAssembly.Module.customSections(grammarModule, "gable")[0]);
const recipe = readFileSync(recipeFile);
const assets = JSON.parse(readFileSync(assetsFile, "utf8")).map(([name, file]) => [name, readFileSync(file)]);

function generate() {
  const kernel = new WebAssembly.Instance(kernelModule, {}).exports;
  const grammar = new WebAssembly.Instance(grammarModule, { k: kernel }).exports;
  const give = (bytes) => {
    const pointer = kernel.alloc(bytes.length);
    new Uint8Array(kernel.memory.buffer).set(bytes, pointer >>> 0);
    return [pointer, bytes.length];
  };
  const take = (name) => {
    const start = kernel[`${name}_ptr`]() >>> 0;
    return new Uint8Array(kernel.memory.buffer).slice(start, start + (kernel[`${name}_len`]() >>> 0));
  };
  const expect = (status) => {
    if (status !== 0) throw new Error(new TextDecoder().decode(take("error")));
  };
  try {
    expect(kernel.load_module(...give(manifest)));
    for (const [name, bytes] of assets) {
      expect(kernel.load_asset(...give(new TextEncoder().encode(name)), ...give(bytes)));
    }
    expect(kernel.begin(...give(recipe)));
    grammar.generate();
    expect(kernel.finish());
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError && take("error").length > 0) {
      throw new Error(new TextDecoder().decode(take("error")));
    }
    throw error;
  }
  const memory = kernel.memory.buffer.byteLength;
  const part = (_, n) => new Uint8Array(kernel.memory.buffer, kernel.output_ptr(n) >>> 0, kernel.output_len(n));
  const content = Buffer.concat(Array.from({ length: kernel.outputs() }, part));
  return { content, summary: JSON.parse(new TextDecoder().decode(take("summary"))), memory };
}

const start = performance.now();
const { content, summary, memory } = generate();
const milliseconds = performance.now() - start;
writeFileSync(outFile, content);
console.log(JSON.stringify({ bytes: content.length, gas: summary.gas, memory, milliseconds }));
