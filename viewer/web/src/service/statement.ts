// What a client says about itself with each question (docs/serving.md): in its query, since a
// header of our own would cost pages of other origins a request of `OPTIONS` before each tile.
import { Network } from './network.ts';

/** The field has room for so many modules. */
const MOST_MODULES = 48;
/** Seconds until the first recipe can be run, by a guess: the kernel is fetched and compiled. */
const START = 1;
/** Seconds that are left when it takes longer than thought. */
const LEAST_WAIT = 0.2;

export class Statement {
  /** Seconds of CPU that the server took for the calibration run over those that this client takes. */
  power: number | undefined;
  /** Modules that were compiled here. */
  readonly modules = new Set<string>();
  #id = crypto.randomUUID().slice(0, 8);
  #tile: string | undefined;
  #network = new Network();
  #isReady = false;
  /** When the first recipe came. */
  #begun: number | undefined;

  /** The first recipe has come: from now on it takes so long until it has run. */
  begin(): void {
    this.#begun ??= performance.now();
  }

  /** A recipe was run: its hash begins with these digits, and it took so long. What was measured is said once. */
  generated(recipe: string, seconds: number): void {
    this.#tile = `${recipe}:${seconds.toFixed(5)}`;
  }

  /** Recipes can be run. */
  ready(): void {
    this.#isReady = true;
  }

  /** The header's value for the next question. */
  say(): string {
    const fields = [
      ['id', this.#id],
      ['class', isPhone() ? 'phone' : 'laptop'],
      ['power', this.power?.toFixed(4)],
      ['ready', this.#remaining()?.toFixed(2)],
      ['rtt', this.#network.roundTrip()?.toFixed(5)],
      ['mbps', this.#network.pace()?.toFixed(4)],
      ['tile', this.#tile],
      ['modules', [...this.modules].slice(-MOST_MODULES).map((hash) => hash.slice(0, 16)).join(',')],
    ];
    this.#tile = undefined;
    return fields.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join(';');
  }

  /** Seconds until recipes can be run; none if they can. */
  #remaining(): number | undefined {
    if (this.#isReady) return undefined;
    const passed = this.#begun === undefined ? 0 : (performance.now() - this.#begun) / 1000;
    return Math.max(START - passed, LEAST_WAIT);
  }
}

function isPhone(): boolean {
  return /Mobi|Android/.test(navigator.userAgent);
}
