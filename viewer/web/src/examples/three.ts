// A world of a Gable server in three.js, with 3d-tiles-renderer. Nothing here is of Gable but `gable.ready`, `gable-changed` and the
// numbers in the status line: any page with a viewer of 3D Tiles is like this.
import { TilesRenderer } from '3d-tiles-renderer';
import { GLTFExtensionsPlugin, ImplicitTilingPlugin, TilesFadePlugin } from '3d-tiles-renderer/plugins';
import { MeshoptDecoder } from 'meshoptimizer';
import { Color, DirectionalLight, Fog, HemisphereLight, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from 'three';
import { MapControls } from 'three/addons/controls/MapControls.js';
import { attribute, chosenWorld, fail, firstView, progress } from './page.ts';

/** Pixels: what is smaller is left out, half of what the viewer leaves out otherwise. */
const ERROR = 8;
const HORIZON = '#c6dbec';

const renderer = new WebGLRenderer({ antialias: true, logarithmicDepthBuffer: true });
document.getElementById('view')!.append(renderer.domElement);

const scene = new Scene();
scene.background = new Color(HORIZON);
scene.fog = new Fog(HORIZON, 300, 3000);
const sun = new DirectionalLight('#fff1dc', 3);
sun.position.set(-0.5, -0.6, 0.62);
// The hemisphere's pole is up: z.
scene.add(sun, new HemisphereLight('#e4edf7', '#b0a28c', 1.5).translateZ(1));

const camera = new PerspectiveCamera(50, 1, 1, 20_000);
camera.up.set(0, 0, 1);
const controls = new MapControls(camera, renderer.domElement);
controls.enableDamping = true;
controls.maxPolarAngle = 0.49 * Math.PI;

/** Whether all that is seen is there. */
let isComplete = false;

/** Shows a tileset, in its own frame: metres, the origin of the world in the origin of the scene. */
function open(url: string): TilesRenderer {
  const tiles = new TilesRenderer(url);
  tiles.registerPlugin(new ImplicitTilingPlugin());
  tiles.registerPlugin(new GLTFExtensionsPlugin({ metadata: true, meshoptDecoder: MeshoptDecoder }));
  tiles.registerPlugin(new TilesFadePlugin());
  tiles.errorTarget = ERROR;
  tiles.setCamera(camera);
  tiles.addEventListener('load-error', ({ error }) => fail(error));
  tiles.addEventListener('tiles-load-start', () => { isComplete = false; });
  tiles.addEventListener('tiles-load-end', () => { isComplete = true; });
  tiles.addEventListener('load-tileset', () => {
    if (!tiles.root?.transform) return;
    tiles.group.matrix.fromArray(tiles.root.transform).invert();
    tiles.group.matrix.decompose(tiles.group.position, tiles.group.quaternion, tiles.group.scale);
    tiles.group.updateMatrixWorld(true);
  });
  scene.add(tiles.group);
  return tiles;
}

function resize(): void {
  const { innerWidth: width, innerHeight: height } = window;
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  renderer.setSize(width, height);
  camera.aspect = width / height;
  camera.updateProjectionMatrix();
}

await window.gable.ready;
const world = await chosenWorld();
// From the south-west.
const { x, y, z, distance } = await firstView(world);
controls.target.set(x, y, z);
camera.position.copy(controls.target).add(new Vector3(-0.55, -0.7, 0.38).multiplyScalar(distance));
const url = `/${world}/tileset.json`;
let tiles = open(url);
tiles.addEventListener('load-root-tileset', () => attribute(tiles.rootTileset?.['extras']));
// The world was changed on the server: what is here names tiles that it does not have any more.
addEventListener('gable-changed', () => {
  tiles.dispose();
  scene.remove(tiles.group);
  tiles = open(url);
});
addEventListener('resize', resize);
resize();

renderer.setAnimationLoop(() => {
  controls.update();
  camera.updateMatrixWorld();
  tiles.setResolutionFromRenderer(camera, renderer);
  tiles.update();
  progress(isComplete);
  renderer.render(scene, camera);
});
