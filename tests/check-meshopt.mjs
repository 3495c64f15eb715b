// Unpacks GLB files by the reference decoder of EXT_meshopt_compression that viewers use, and compares:
// `node tests/check-meshopt.mjs FILE...`, each FILE.glb with FILE.unpacked.glb beside it.
//
// Exits with 1 if any buffer view differs, or if no view of any file is packed.
import { readFile } from 'node:fs/promises';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';

const EXTENSION = 'EXT_meshopt_compression';

function parse(bytes) {
  const length = bytes.readUInt32LE(12);
  return { json: JSON.parse(bytes.subarray(20, 20 + length)), binary: bytes.subarray(28 + length) };
}

await MeshoptDecoder.ready;
let [views, failures] = [0, 0];
for (const file of process.argv.slice(2)) {
  const packed = parse(await readFile(file));
  const unpacked = parse(await readFile(file.replace(/\.glb$/, '.unpacked.glb')));
  packed.json.bufferViews.forEach((view, number) => {
    const { byteOffset = 0, byteLength } = unpacked.json.bufferViews[number];
    const expected = unpacked.binary.subarray(byteOffset, byteOffset + byteLength);
    const { byteOffset: start = 0, byteLength: length, byteStride, count, mode } = view.extensions?.[EXTENSION] ?? view;
    const source = packed.binary.subarray(start, start + length);
    let bytes = source;
    if (mode) {
      views += 1;
      bytes = Buffer.alloc(count * byteStride);
      MeshoptDecoder.decodeGltfBuffer(bytes, count, byteStride, source, mode);
    }
    if (!expected.equals(bytes)) {
      failures += 1;
      console.log(`${file}: buffer view ${number} (${mode ?? 'raw'}) differs`);
    }
  });
}
console.log(`${views} packed views, ${failures} differ`);
process.exit(views > 0 && failures === 0 ? 0 : 1);
