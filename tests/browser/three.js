// A tileset in 3d-tiles-renderer as a user would write it, with counters. Coordinates are metres in the tileset's own frame. With
// several cameras the next is looked from when nothing is missing in the one before, and only the last view is drawn.
import * as THREE from 'three';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import { TilesRenderer } from '3d-tiles-renderer';
import { GLTFExtensionsPlugin, ImplicitTilingPlugin } from '3d-tiles-renderer/plugins';
import { drawn, levelOf, question, tell } from '/common.js';

let begun = performance.now();
await globalThis.gable?.ready;
const { tileset: url, cameras } = question();
const renderer = new THREE.WebGLRenderer({ antialias: true, logarithmicDepthBuffer: true, preserveDrawingBuffer: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);

const scene = new THREE.Scene();
scene.background = new THREE.Color('#a9cbe8');
const camera = new THREE.PerspectiveCamera(60, innerWidth / innerHeight, 0.5, 50_000);
camera.up.set(0, 0, 1);
look(cameras.shift());
const sun = new THREE.DirectionalLight(0xfff1dc, 3);
sun.position.set(-0.5, -0.6, 0.62);
scene.add(sun, new THREE.HemisphereLight(0xe4edf7, 0xb0a28c, 1.5).translateZ(1));

const tiles = new TilesRenderer(url);
tiles.registerPlugin(new ImplicitTilingPlugin());
tiles.registerPlugin(new GLTFExtensionsPlugin({ metadata: true, meshoptDecoder: MeshoptDecoder }));
tiles.setCamera(camera);
tiles.setResolutionFromRenderer(camera, renderer);
scene.add(tiles.group);

let loaded = 0;
const failures = [];
tiles.addEventListener('load-model', () => { loaded += 1; });
tiles.addEventListener('load-error', ({ url: address, error }) => failures.push(`${address}: ${error}`));
// The tileset's frame becomes the scene's, so that the camera is as near to the origin as it can be.
tiles.addEventListener('load-tileset', () => {
  const transform = tiles.root?.transform;
  if (!transform) return;
  tiles.group.matrix.fromArray(transform).invert();
  tiles.group.matrix.decompose(tiles.group.position, tiles.group.quaternion, tiles.group.scale);
  tiles.group.updateMatrixWorld(true);
});

function look({ eye, target }) {
  camera.position.set(...eye);
  camera.lookAt(...target);
  camera.updateMatrixWorld();
}

/** The properties of the first named feature on a grid of places in the picture. */
function pick() {
  const ray = new THREE.Raycaster();
  for (const y of [0, -0.2, -0.4, 0.2]) {
    for (const x of [0, -0.3, 0.3, -0.6, 0.6]) {
      ray.setFromCamera(new THREE.Vector2(x, y), camera);
      const [hit] = ray.intersectObject(tiles.group, true);
      const { meshFeatures, structuralMetadata } = hit?.object.userData ?? {};
      if (!meshFeatures || !structuralMetadata) continue;
      const ids = meshFeatures.getFeatures(hit.faceIndex, new THREE.Vector3(1, 0, 0));
      const tables = meshFeatures.getFeatureInfo().map((info) => info.propertyTable);
      const [found] = structuralMetadata.getPropertyTableData(tables, ids);
      if (found) return found;
    }
  }
  return null;
}

function triangles(object) {
  const { index, attributes } = object.geometry;
  return ((index ?? attributes.position).count / 3) * (object.isInstancedMesh ? object.count : 1);
}

/** Nothing is missing any more. */
async function complete() {
  renderer.setAnimationLoop(null);
  if (cameras.length === 0) return finish();
  await drawn(ready, 0, begun);
  look(cameras.shift());
  [begun, quiet] = [performance.now(), 0];
  renderer.setAnimationLoop(update);
}

async function finish() {
  const start = performance.now();
  renderer.render(scene, camera);
  const canvas = renderer.getContext();
  canvas.readPixels(0, 0, 1, 1, canvas.RGBA, canvas.UNSIGNED_BYTE, new Uint8Array(4));
  await drawn(ready, performance.now() - start, begun);
  let sum = 0;
  scene.traverseVisible((object) => { if (object.isMesh) sum += triangles(object); });
  const { calls } = renderer.info.render;
  const shown = [...tiles.visibleTiles].filter((tile) => tile.content?.uri);
  tell({
    loaded,
    failures,
    selected: shown.length,
    triangles: sum,
    calls,
    levels: shown.map((tile) => levelOf(tile.content.uri)),
    picked: pick(),
  });
}

// Complete is what stays so for a few frames: a tile that has just come may want others. `loadProgress` may be 1 while answers
// are on their way. Software draws instances slowly, so only the complete view is drawn.
let quiet = 0;
let ready = 0;
renderer.setAnimationLoop(update);

function update() {
  tiles.update();
  const { queued, downloading, parsing } = tiles.stats;
  quiet = tiles.root && queued + downloading + parsing === 0 ? quiet + 1 : 0;
  if (quiet === 1) ready = performance.now();
  if (quiet === 10) void complete();
}
