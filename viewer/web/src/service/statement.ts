// What a client says about itself with each question: the header `Gable-Client` (docs/serving.md).

/** The field has room for so many modules. */
const MOST_MODULES = 48;

export class Statement {
  /** Seconds of CPU that the server took for the calibration run over those that this client takes. */
  power: number | undefined;
  /** Modules that were compiled here. */
  readonly modules = new Set<string>();
  #id = crypto.randomUUID().slice(0, 8);
  #tile: string | undefined;

  /** A recipe was run: its hash begins with these digits, and it took so long. What was measured is said once. */
  generated(recipe: string, seconds: number): void {
    this.#tile = `${recipe}:${seconds.toFixed(5)}`;
  }

  /** The header's value for the next question. */
  say(): string {
    const fields = [
      ['id', this.#id],
      ['class', isPhone() ? 'phone' : 'laptop'],
      ['power', this.power?.toFixed(4)],
      ['tile', this.#tile],
      ['modules', [...this.modules].slice(-MOST_MODULES).map((hash) => hash.slice(0, 16)).join(',')],
    ];
    this.#tile = undefined;
    return fields.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

function isPhone(): boolean {
  return /Mobi|Android/.test(navigator.userAgent);
}
