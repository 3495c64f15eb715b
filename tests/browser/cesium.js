// A tileset in CesiumJS as a user would write it, with counters. Coordinates are metres in the tileset's own frame.
import { drawn, levelOf, question, tell } from '/common.js';

const { Cesium } = globalThis;
await globalThis.gable?.ready;
Cesium.Ion.defaultAccessToken = '';

const { tileset: url, eye, target } = question();
const viewer = new Cesium.Viewer('view', {
  animation: false, baseLayer: false, baseLayerPicker: false, fullscreenButton: false, geocoder: false, homeButton: false,
  infoBox: false, navigationHelpButton: false, sceneModePicker: false, selectionIndicator: false, skyBox: false, timeline: false,
  msaaSamples: 1,
});
const { scene, camera } = viewer;
scene.globe.show = false;
scene.skyAtmosphere.show = false;
scene.backgroundColor = Cesium.Color.fromCssColorString('#a9cbe8');

// Software draws slowly: tiles are loaded before the first of them is drawn.
const tileset = await Cesium.Cesium3DTileset.fromUrl(url, { show: false, preloadWhenHidden: true });
scene.primitives.add(tileset);

const frame = tileset.root.transform;
const point = ([x, y, z]) => Cesium.Matrix4.multiplyByPoint(frame, new Cesium.Cartesian3(x, y, z), new Cesium.Cartesian3());
const destination = point(eye);
const direction = Cesium.Cartesian3.subtract(point(target), destination, new Cesium.Cartesian3());
Cesium.Cartesian3.normalize(direction, direction);
const up = Cesium.Matrix4.multiplyByPointAsVector(frame, Cesium.Cartesian3.UNIT_Z, new Cesium.Cartesian3());
camera.setView({ destination, orientation: { direction, up } });
// The angle of the longer side; 60 degrees of height.
camera.frustum.fov = 2 * Math.atan(Math.tan(Math.PI / 6) * Math.max(1, innerWidth / innerHeight));
// The sun of an afternoon, from the south-west.
const sun = Cesium.Matrix4.multiplyByPointAsVector(frame, new Cesium.Cartesian3(0.5, 0.6, -0.62), new Cesium.Cartesian3());
scene.light = new Cesium.DirectionalLight({ direction: Cesium.Cartesian3.normalize(sun, sun), intensity: 2.5 });

let loaded = 0;
const failures = [];
let visible = new Map();
let last = visible;
tileset.tileLoad.addEventListener(() => { loaded += 1; });
tileset.tileFailed.addEventListener(({ url: address, message }) => failures.push(`${address}: ${message}`));
tileset.tileVisible.addEventListener((tile) => visible.set(tile.content.url, tile));
scene.preRender.addEventListener(() => { last = visible; visible = new Map(); });
scene.renderError.addEventListener((_, error) => failures.push(String(error)));

/** The properties of the first named feature on a grid of places in the picture. */
function pick() {
  const { clientWidth, clientHeight } = scene.canvas;
  for (const y of [0.5, 0.6, 0.7, 0.4]) {
    for (const x of [0.5, 0.35, 0.65, 0.2, 0.8]) {
      const feature = scene.pick(new Cesium.Cartesian2(x * clientWidth, y * clientHeight));
      const names = feature?.getPropertyIds?.() ?? [];
      if (names.length > 0) return Object.fromEntries(names.map((name) => [name, feature.getProperty(name)]));
    }
  }
  return null;
}

async function finish() {
  const tiles = [...last.values()];
  viewer.useDefaultRenderLoop = false;
  await drawn(ready, end - shown);
  tell({
    loaded,
    failures,
    selected: tiles.length,
    triangles: tiles.reduce((sum, tile) => sum + tile.content.trianglesLength, 0),
    levels: tiles.map((tile) => levelOf(tile.content.url)),
    picked: pick(),
  });
}

// Complete is what stays so for a few frames: a tile that has just come may want others. When there is something to draw, a frame
// waits for the one before, since more are asked for than software can draw.
let quiet = 0;
let [ready, shown, end] = [0, 0, 0];
const canvas = scene.canvas.getContext('webgl2');
const pixel = new Uint8Array(4);
scene.postRender.addEventListener(() => {
  if (quiet > 3 || tileset.show) canvas.readPixels(0, 0, 1, 1, canvas.RGBA, canvas.UNSIGNED_BYTE, pixel);
  quiet = tileset.tilesLoaded ? quiet + 1 : 0;
  if (quiet === 1) ready = performance.now();
  if (quiet === 5) {
    tileset.show = true;
    shown = performance.now();
  }
  if (quiet === 6) end = performance.now();
  if (quiet === 7) setTimeout(finish);
});
