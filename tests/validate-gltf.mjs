// Checks glTF files with the Khronos validator: `node tests/validate-gltf.mjs FILE...`
//
// Prints every error and warning, and a line for each file; exits with 1 if there is any error or warning.
// `--infos` prints information too (extensions that the validator does not know, for example).
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { validateBytes } from 'gltf-validator';

const SEVERITIES = ['error', 'warning', 'info', 'hint'];

const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const shown = process.argv.includes('--infos') ? 4 : 2;
if (files.length === 0) {
  console.error('usage: node tests/validate-gltf.mjs [--infos] FILE...');
  process.exit(2);
}

let failures = 0;
for (const file of files) {
  const { issues, info } = await validateBytes(new Uint8Array(await readFile(file)), {
    uri: file,
    maxIssues: 1000,
    externalResourceFunction: async (uri) => new Uint8Array(await readFile(resolve(dirname(file), decodeURIComponent(uri)))),
  });
  for (const message of issues.messages.filter((message) => message.severity < shown)) {
    console.log(`${file}: ${SEVERITIES[message.severity]} ${message.code} at ${message.pointer ?? message.offset}: ${message.message}`);
  }
  const { numErrors, numWarnings, numInfos } = issues;
  console.log(`${file}: ${numErrors} errors, ${numWarnings} warnings, ${numInfos} infos, ${info?.totalTriangleCount ?? 0} triangles`);
  failures += numErrors + numWarnings;
}
process.exit(failures === 0 ? 0 : 1);
