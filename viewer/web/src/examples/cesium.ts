// A world of a Gable server in CesiumJS. Nothing here is of Gable but `gable.ready`, `gable-changed` and the numbers in the status
// line: any page with a viewer of 3D Tiles is like this.
import {
  Cartesian3, Cesium3DTileset, CesiumWidget, Color, Credit, CreditDisplay, DirectionalLight, HeadingPitchRange, Matrix4,
} from '@cesium/engine';
import { attribute, chosenWorld, fail, firstView, progress } from './page.ts';

/** Pixels: what is smaller is left out, half of what the viewer leaves out otherwise. */
const ERROR = 8;

// Nothing comes from elsewhere: no imagery, no globe (the world brings its own ground), no pictures of the sky.
CreditDisplay.cesiumCredit = new Credit('<a href="https://cesium.com/cesiumjs/">CesiumJS</a>', true);
const { scene, camera } = new CesiumWidget('view', {
  globe: false,
  baseLayer: false,
  skyBox: false,
  skyAtmosphere: false,
  creditContainer: 'credits',
});
scene.backgroundColor = Color.fromCssColorString('#c6dbec');
scene.renderError.addEventListener((_: unknown, error: unknown) => fail(error));

/** Shows a tileset. */
async function open(url: string): Promise<Cesium3DTileset> {
  const tileset = await Cesium3DTileset.fromUrl(url, { maximumScreenSpaceError: ERROR });
  tileset.tileFailed.addEventListener(({ url: address, message }) => fail(`${address}: ${message}`));
  tileset.allTilesLoaded.addEventListener(() => progress(true));
  tileset.loadProgress.addEventListener((pending: number, processing: number) => progress(pending + processing === 0));
  return scene.primitives.add(tileset);
}

/** From the south-west, in the sun of an afternoon. */
async function lookAt({ root }: Cesium3DTileset, world: string): Promise<void> {
  const frame = root.computedTransform;
  const { x, y, z, distance } = await firstView(world);
  const target = Matrix4.multiplyByPoint(frame, new Cartesian3(x, y, z), new Cartesian3());
  camera.lookAt(target, new HeadingPitchRange(0.66, -0.4, distance));
  camera.lookAtTransform(Matrix4.IDENTITY);
  const direction = Matrix4.multiplyByPointAsVector(frame, new Cartesian3(0.5, 0.6, -0.62), new Cartesian3());
  const color = Color.fromCssColorString('#fff1dc');
  scene.light = new DirectionalLight({ direction: Cartesian3.normalize(direction, direction), color, intensity: 2.5 });
}

await window.gable.ready;
const world = await chosenWorld();
const url = `/${world}/tileset.json`;
let tileset = await open(url);
await lookAt(tileset, world);
attribute(tileset.extras);
// The world was changed on the server: what is here names tiles that it does not have any more.
addEventListener('gable-changed', async () => {
  const old = tileset;
  tileset = await open(url);
  scene.primitives.remove(old);
});
