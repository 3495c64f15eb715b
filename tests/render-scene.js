// The page of render.mjs: loads /model.glb, draws it once, and tells the outcome in `globalThis.state`.
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { Sky } from 'three/addons/objects/Sky.js';

const SUN_HEIGHT = 38;
const SUN_TURN = 78;
const FIELD_OF_VIEW = 32;

/** The model with shadows, and what it consists of. */
async function load() {
  const { scene } = await new GLTFLoader().loadAsync('/model.glb');
  let meshes = 0;
  let triangles = 0;
  scene.updateMatrixWorld(true);
  scene.traverse((object) => {
    if (!object.isMesh) return;
    meshes += 1;
    const { index, attributes } = object.geometry;
    triangles += ((index ?? attributes.position).count / 3) * (object.isInstancedMesh ? object.count : 1);
    object.castShadow = !object.material.transparent;
    object.receiveShadow = true;
    object.frustumCulled = false;
    object.material.shadowSide = THREE.DoubleSide;
  });
  return { scene, meshes, triangles };
}

function bounds(scene) {
  const box = new THREE.Box3();
  scene.traverse((object) => {
    if (!object.isMesh) return;
    object.geometry.computeBoundingBox();
    if (object.isInstancedMesh) object.computeBoundingBox();
    const own = (object.isInstancedMesh ? object.boundingBox : object.geometry.boundingBox).clone();
    box.union(own.applyMatrix4(object.matrixWorld));
  });
  return box;
}

/** Places the camera so that the box just fills the picture. */
function fit(camera, box, turn) {
  const size = box.getSize(new THREE.Vector3());
  const flat = Math.max(size.x, size.z) / Math.max(size.y, 1e-6);
  const azimuth = THREE.MathUtils.degToRad(35 + turn);
  const altitude = THREE.MathUtils.degToRad(THREE.MathUtils.clamp(8 + 5 * flat, 13, 26));
  const back = new THREE.Vector3(
    Math.sin(azimuth) * Math.cos(altitude), Math.sin(altitude), Math.cos(azimuth) * Math.cos(altitude));
  const target = box.getCenter(new THREE.Vector3());
  let distance = size.length() * 3;
  for (let round = 0; round < 30; round += 1) {
    camera.position.copy(target).addScaledVector(back, distance);
    camera.lookAt(target);
    camera.updateMatrixWorld(true);
    camera.updateProjectionMatrix();
    const seen = new THREE.Box2();
    for (let k = 0; k < 8; k += 1) {
      const corner = new THREE.Vector3(
        k & 1 ? box.max.x : box.min.x, k & 2 ? box.max.y : box.min.y, k & 4 ? box.max.z : box.min.z);
      const { x, y } = corner.project(camera);
      seen.expandByPoint(new THREE.Vector2(x, y));
    }
    // Move sideways and up to centre it, then nearer or farther until nine tenths are filled.
    const middle = seen.getCenter(new THREE.Vector2());
    const half = Math.tan(THREE.MathUtils.degToRad(camera.fov / 2)) * distance;
    target.addScaledVector(new THREE.Vector3(1, 0, 0).applyQuaternion(camera.quaternion), middle.x * half * camera.aspect);
    target.addScaledVector(new THREE.Vector3(0, 1, 0).applyQuaternion(camera.quaternion), middle.y * half);
    const { x, y } = seen.getSize(new THREE.Vector2());
    distance *= 1 + (Math.max(x, y) / 2 / 0.86 - 1) * 0.7;
  }
  camera.position.copy(target).addScaledVector(back, distance);
}

function sunDirection() {
  const direction = new THREE.Vector3();
  return direction.setFromSphericalCoords(1, THREE.MathUtils.degToRad(90 - SUN_HEIGHT), THREE.MathUtils.degToRad(SUN_TURN));
}

function addLight(stage, box, direction) {
  const center = box.getCenter(new THREE.Vector3());
  const radius = Math.max(box.getSize(new THREE.Vector3()).length() / 2, 1e-3);
  const sun = new THREE.DirectionalLight(0xfff1dc, 3.4);
  sun.position.copy(center).addScaledVector(direction, radius * 3);
  sun.target.position.copy(center);
  sun.castShadow = true;
  sun.shadow.mapSize.set(4096, 4096);
  Object.assign(sun.shadow.camera, { left: -radius, right: radius, top: radius, bottom: -radius, near: radius, far: radius * 6 });
  sun.shadow.normalBias = radius / 1500;
  sun.shadow.bias = -0.0004;
  stage.add(sun, sun.target);
  stage.add(new THREE.HemisphereLight(0xe4edf7, 0xb0a28c, 0.8));
}

function addSky(renderer, stage, direction, radius) {
  const sky = new Sky();
  sky.scale.setScalar(radius * 2000);
  Object.assign(sky.material.uniforms.turbidity, { value: 2.2 });
  Object.assign(sky.material.uniforms.rayleigh, { value: 1.1 });
  Object.assign(sky.material.uniforms.mieCoefficient, { value: 0.003 });
  Object.assign(sky.material.uniforms.mieDirectionalG, { value: 0.8 });
  sky.material.uniforms.sunPosition.value.copy(direction);
  const surroundings = new THREE.Scene();
  surroundings.add(sky);
  const generator = new THREE.PMREMGenerator(renderer);
  stage.environment = generator.fromScene(surroundings, 0, 0.1, radius * 5000).texture;
  stage.environmentIntensity = 0.3;
}

/** A vertical gradient behind everything, of the colours of a clear day. */
function background() {
  const canvas = document.createElement('canvas');
  canvas.width = 4;
  canvas.height = 512;
  const context = canvas.getContext('2d');
  const gradient = context.createLinearGradient(0, 0, 0, 512);
  gradient.addColorStop(0, '#5b93cf');
  gradient.addColorStop(0.45, '#a9cbe8');
  gradient.addColorStop(0.75, '#e3edf3');
  gradient.addColorStop(1, '#efeee9');
  context.fillStyle = gradient;
  context.fillRect(0, 0, 4, 512);
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  return texture;
}

/** Ground that fades into the background with distance. */
function addGround(stage, box, radius) {
  const center = box.getCenter(new THREE.Vector3());
  const material = new THREE.MeshStandardMaterial({ color: 0xb4ae9c, roughness: 1, transparent: true });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.fade = { value: new THREE.Vector4(center.x, center.z, radius * 1.2, radius * 5) };
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', '#include <common>\nvarying vec2 place;')
      .replace('#include <begin_vertex>', '#include <begin_vertex>\nplace = (modelMatrix * vec4(position, 1.0)).xz;');
    shader.fragmentShader = shader.fragmentShader
      .replace('#include <common>', '#include <common>\nvarying vec2 place;\nuniform vec4 fade;')
      .replace('#include <opaque_fragment>',
        '#include <opaque_fragment>\ngl_FragColor.a *= 1.0 - smoothstep(fade.z, fade.w, distance(place, fade.xy));');
  };
  const ground = new THREE.Mesh(new THREE.CircleGeometry(radius * 8, 96).rotateX(-Math.PI / 2), material);
  ground.position.set(center.x, box.min.y - radius * 0.0015, center.z);
  ground.receiveShadow = true;
  ground.renderOrder = -1;
  stage.add(ground);
}

async function main() {
  const query = new URLSearchParams(location.search);
  const { scene, meshes, triangles } = await load();
  const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true, logarithmicDepthBuffer: true });
  renderer.setSize(innerWidth, innerHeight);
  renderer.shadowMap.enabled = true;
  renderer.shadowMap.type = THREE.PCFSoftShadowMap;
  renderer.toneMapping = THREE.ACESFilmicToneMapping;
  renderer.toneMappingExposure = 0.82;
  document.body.append(renderer.domElement);

  const stage = new THREE.Scene();
  stage.background = background();
  // Far from the origin 32-bit positions shake: everything moves there.
  const box = bounds(scene);
  const center = box.getCenter(new THREE.Vector3());
  scene.position.sub(center);
  scene.updateMatrixWorld(true);
  box.translate(center.clone().negate());
  const size = box.getSize(new THREE.Vector3());
  const radius = Math.max(size.length() / 2, 1e-3);
  const direction = sunDirection();
  stage.add(scene);
  addLight(stage, box, direction);
  addSky(renderer, stage, direction, radius);
  addGround(stage, box, radius);

  const camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW, innerWidth / innerHeight, radius / 1000, radius * 1000);
  if (query.get('camera') === 'auto') {
    fit(camera, box, Number(query.get('turn')));
  } else {
    const [x, y, z, targetX, targetY, targetZ] = query.get('camera').split(',').map(Number);
    camera.position.set(x, y, z).sub(center);
    camera.lookAt(new THREE.Vector3(targetX, targetY, targetZ).sub(center));
  }
  renderer.render(stage, camera);
  return { meshes, triangles, size: size.toArray() };
}

main().then(
  (state) => { globalThis.state = state; },
  (error) => { globalThis.state = { error: String(error?.stack ?? error) }; },
);
