// A client that streams a world along a path: real answers of a real server over a simulated network to a simulated device.
import { filesOf } from '../path/content.mjs';
import { getOk } from '../path/http.mjs';
import { Link } from './link.mjs';
import { Places } from './places.mjs';
import { COMPILE_SECONDS, DECODE_SECONDS_PER_MEGABYTE } from './settings.mjs';

const RECIPE = 'application/vnd.gable.recipe';
/** Before all tiles. */
const FIRST = { view: Infinity, error: Infinity };
/** Bytes from which on a transfer tells how fast the network is. */
const TELLING = 20_000;

/** How a client asks for tiles. */
export const MODES = {
  mesh: { folder: 'content', ending: '.glb', accept: 'model/gltf-binary' },
  recipe: { folder: 'content', ending: '.recipe', accept: RECIPE, kitAtOnce: true },
  rule: { folder: 'tile', ending: '', accept: `${RECIPE}, model/gltf-binary;q=0.5`, says: true },
};

export class Client {
  bytes = 0;
  deviceSeconds = 0;
  waitingSeconds = 0;
  meshes = 0;
  recipes = 0;
  /** What the rule said of each tile. */
  decisions = [];
  #clock;
  #scene;
  #server;
  #mode;
  #device;
  #network;
  #link;
  #slots;
  #workers;
  #files = new Map();
  #tiles = new Map();
  /** What it says about itself, and what it has to report once. */
  #about;
  #held = [];
  #report = {};

  /** `scene`: what is true of a world on every server (see `survey`); `device` has `name`, `power`, `threads`. */
  constructor({ clock, scene, server, mode, device, network, inFlight }) {
    this.#clock = clock;
    this.#scene = scene;
    this.#server = server;
    this.#mode = MODES[mode];
    this.#device = device;
    this.#network = network;
    this.#link = new Link(clock, (network.megabits * 1e6) / 8);
    this.#slots = new Places(inFlight);
    this.#workers = new Places(device.threads);
    // A calibrated client has fetched a kernel: it knows its network as it knows its power.
    this.#report.mbps = network.megabits / 8;
    this.#about = `id=${Math.random().toString(16).slice(2)}; class=${device.name}; power=${device.power * scene.lead}; rtt=${network.rtt}`;
  }

  /** Follows the path: for each view the seconds until all that it needs was there. */
  async follow() {
    if (this.#mode.kitAtOnce) this.#scene.manifest.layers.map((layer) => this.#kit(layer.name));
    return Promise.all(this.#scene.views.map(async ({ time, needed }, view) => {
      await this.#clock.until(time);
      const shown = needed.map(({ key, layer, tile, error }) => {
        const known = this.#tiles.get(key) ?? { key, layer, tile };
        Object.assign(known, { view, error });
        this.#tiles.set(key, known);
        return (known.shown ??= this.#show(known));
      });
      await Promise.all(shown);
      return this.#clock.now - time;
    }));
  }

  /** Fetches a tile and makes it ready to be drawn. */
  async #show(tile) {
    const { layer } = tile;
    await this.#document(`/${this.#scene.world}/tileset.json`);
    for (const root of layer.subtreesOf(tile.tile)) await this.#document(this.#path(layer.address(layer.subtreeUri, root)));
    let sent;
    const answer = await this.#fetch(tile, () => {
      sent = this.#clock.now;
      return [this.#addressOf(tile), this.#headers()];
    });
    const said = answer.headers['gable-placement'];
    if (said) this.decisions.push({ key: tile.key, sent, said });
    const fact = this.#scene.facts.get(tile.key);
    if (answer.headers['content-type'] === RECIPE) {
      this.recipes += 1;
      await this.#kit(layer.name);
      const seconds = fact.work / this.#device.power;
      await this.#work(tile, seconds);
      this.#report.tile = `${answer.headers.etag.slice(1, 17)}:${seconds}`;
    } else {
      this.meshes += 1;
      await this.#work(tile, ((answer.bytes.length / 1e6) * DECODE_SECONDS_PER_MEGABYTE) / this.#device.power);
      await Promise.all(fact.images.map((path) => this.#image(path)));
    }
    this.waitingSeconds += this.#clock.now - sent;
  }

  #addressOf({ layer, tile }) {
    const mesh = layer.address(layer.content, tile);
    return this.#path(mesh).replace('/content/', `/${this.#mode.folder}/`).replace(/\.glb$/, this.#mode.ending);
  }

  /** An address of the server that was surveyed as a path of any. */
  #path(address) {
    return new URL(address).pathname;
  }

  #headers() {
    const headers = { accept: this.#mode.accept };
    if (this.#mode.says) {
      const reports = Object.entries(this.#report).map(([name, value]) => `${name}=${value}`);
      const modules = this.#held.length > 0 ? [`modules=${this.#held.join(',')}`] : [];
      headers['gable-client'] = [this.#about, ...modules, ...reports].join('; ');
      this.#report = {};
    }
    return headers;
  }

  /** What recipes of a layer need besides, once: manifest, kernel, modules, models and images. */
  #kit(name) {
    return this.#once(`kit ${name}`, async () => {
      const { manifest, world } = this.#scene;
      const layer = manifest.layers.find((layer) => layer.name === name);
      await this.#document(`/${world}/manifest.json`);
      await Promise.all([...filesOf(manifest, layer).keys()].map((path) => this.#document(path)));
      await Promise.all(layer.modules.map(({ uri }) => this.#once(`compiled ${uri}`, () =>
        this.#work(FIRST, COMPILE_SECONDS / this.#device.power))));
      this.#held.push(...layer.modules.map((module) => module.sha256.slice(0, 16)));
    });
  }

  /** An image of a mesh; it may be there as an asset of the same hash. */
  #image(path) {
    const hash = /([0-9a-f]{64})\.\w+$/.exec(path)?.[1];
    return this.#files.get(`/assets/${hash}`) ?? this.#document(path);
  }

  /** A file that is fetched once. */
  #document(path) {
    return this.#once(path, () => this.#fetch(FIRST, () => [path, {}]));
  }

  #once(key, work) {
    if (!this.#files.has(key)) this.#files.set(key, work());
    return this.#files.get(key);
  }

  /** A request and its answer; what is asked is settled when its turn comes. */
  #fetch(item, ask) {
    return this.#slots.with(item, async () => {
      const [path, headers] = ask();
      await this.#clock.after(this.#network.rtt / 2);
      const answer = await this.#clock.outside(getOk(this.#server + path, { 'accept-encoding': 'br', ...headers }));
      await this.#clock.after(this.#network.rtt / 2);
      const { length } = answer.bytes;
      const [start, received] = [this.#clock.now, this.#link.received];
      await this.#link.transfer(length);
      this.bytes += length;
      // What the network gave meanwhile to all transfers: one alone tells how many there were.
      if (length >= TELLING) this.#report.mbps = (this.#link.received - received) / 1e6 / (this.#clock.now - start);
      return answer;
    });
  }

  /** Seconds on a thread of the device. */
  async #work(item, seconds) {
    this.deviceSeconds += seconds;
    await this.#workers.with(item, () => this.#clock.after(seconds));
  }
}
