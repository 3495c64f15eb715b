// The panel: which world, how one moves, how the picture looks, what can be set.
import type { Stage } from '../view/stage.ts';
import { at, element, row } from './element.ts';
import type { Layer } from './attributes.ts';
import { Attributes } from './attributes.ts';
import type { View } from './link.ts';

/** What a world is to people. */
export interface About {
  id: string;
  name: string;
  attribution: string[];
  layers: Layer[];
}

/** What the page does at somebody's wish. */
export interface Wishes {
  /** The view has changed, and so has its address. */
  changed(): void;
  statistics(): void;
  keys(): void;
  copy(): void;
  picture(): void;
}

const MODES = ['orbit', 'fly', 'walk'];
const COLORS: [string, string][] = [['own', 'own'], ['level', 'detail'], ['placement', 'made where']];

export class Panel {
  /** How the picture looks. */
  readonly view: View & { hour: number; colors: string };
  #stage: Stage;
  #wishes: Wishes;
  #exposure = 0;
  #error = 16;
  #attributes: Attributes[] = [];
  #modes: HTMLButtonElement[];
  #colors = element('select', { ariaLabel: 'What colours say' });
  #hour = element('input', { type: 'range', min: '0', max: '24', step: '0.25' });

  constructor(stage: Stage, view: View, wishes: Wishes) {
    this.#stage = stage;
    this.#wishes = wishes;
    this.view = { hour: 15, colors: 'own', ...view };
    this.#modes = MODES.map((mode) => element('button', { onclick: () => this.setMode(mode) }, mode));
    this.#colors.append(...COLORS.map(([value, text]) => element('option', { value }, text)));
  }

  /** Gives a device that was opened how the picture looks. */
  apply(): void {
    const { hour, colors } = this.view;
    this.#stage.wasm.set_scenery(hour, this.#exposure, colors);
    this.#stage.wasm.set_error(this.#error);
    this.#hour.value = String(hour);
    this.#colors.value = colors;
    this.#stage.wake();
  }

  setMode(mode: string): void {
    this.#stage.wasm.set_mode(mode);
    this.view.mode = mode;
    this.#modes.forEach((button, place) => { button.ariaPressed = String(MODES[place] === mode); });
    this.#wishes.changed();
  }

  /** The next way to move. */
  nextMode(): void {
    this.setMode(MODES[(MODES.indexOf(this.#stage.wasm.mode()) + 1) % MODES.length]!);
  }

  setHour(hour: number): void {
    this.view.hour = (hour + 24) % 24;
    this.apply();
    this.#wishes.changed();
  }

  setColors(colors: string): void {
    this.view.colors = colors;
    this.apply();
    this.#wishes.changed();
  }

  nextColors(): void {
    const place = COLORS.findIndex(([value]) => value === this.view.colors);
    this.setColors(COLORS[(place + 1) % COLORS.length]![0]);
  }

  /** Shows what there is of a world. */
  show(about: About, worlds: string[]): void {
    const choose = element('select', { ariaLabel: 'World' },
      ...worlds.map((name) => element('option', { value: name, selected: name === about.id }, name)));
    choose.addEventListener('change', () => { location.href = `/?world=${encodeURIComponent(choose.value)}`; });
    const error = slider(1, 64, 1, this.#error, (value) => { this.#error = value; this.apply(); });
    const exposure = slider(-3, 3, 0.1, this.#exposure, (value) => { this.#exposure = value; this.apply(); });
    this.#hour.oninput = () => this.setHour(Number(this.#hour.value));
    this.#colors.onchange = () => this.setColors(this.#colors.value);
    const button = (text: string, title: string, onclick: () => void) => element('button', { title, onclick }, text);
    const content = element('div', {},
      worlds.length > 1 ? row('World', choose) : null,
      element('div', { className: 'row' }, ...this.#modes, button('All', 'See all of it (Home)', () => { this.#stage.wasm.overview(); this.#stage.wake(); })),
      element('details', { open: innerWidth > 800 }, element('summary', {}, 'Picture'),
        row('Hour', this.#hour), row('Brightness', exposure), row('Error, px', error), row('Colours', this.#colors),
        element('div', { className: 'row' },
          button('Copy link', 'An address that shows this view (C)', this.#wishes.copy),
          button('Picture', 'Save what is seen (P)', this.#wishes.picture)),
        element('div', { className: 'row' },
          button('Statistics', 'F3', this.#wishes.statistics), button('Keys', '?', this.#wishes.keys))),
      ...this.#layers(about),
      element('nav', {}, ...[['/play', 'Playground'], ['/three', 'three.js'], ['/cesium', 'CesiumJS'], ['/worlds', 'For developers']]
        .map(([href, text]) => element('a', { href: href === '/play' || href === '/worlds' ? href : `${href}?world=${encodeURIComponent(about.id)}` }, text!))));
    const fold = element('button', { title: 'The panel (Tab)', ariaLabel: 'Fold the panel', onclick: () => this.fold() }, '≡');
    content.id = 'content';
    content.hidden = at('panel').firstChild === null ? innerWidth < 600 : document.getElementById('content')?.hidden ?? false;
    at('panel').replaceChildren(
      element('div', { className: 'row' }, fold, element('h1', {}, about.name)), content);
    at('panel').hidden = false;
    at('attribution').textContent = about.attribution.join(' · ');
    this.setMode(this.view.mode ?? 'orbit');
    this.apply();
  }

  fold(): void {
    const content = at('content');
    content.hidden = !content.hidden;
  }

  /** Something else is selected. */
  select(selected: Parameters<Attributes['select']>[0]): void {
    for (const attributes of this.#attributes) attributes.select(selected);
  }

  #layers(about: About): HTMLElement[] {
    const settable = about.layers.filter((layer) => layer.attributes.length > 0);
    this.#attributes = settable.map((layer) => new Attributes(this.#stage, layer, settable.length === 1 && innerWidth > 800));
    const boxes = about.layers.map((layer, place) => {
      const box = element('input', { type: 'checkbox', checked: this.#stage.isShown(place) });
      box.addEventListener('change', () => this.#stage.showLayer(place, box.checked));
      return row(layer.name, box);
    });
    const layers = element('details', {}, element('summary', {}, 'Layers'), ...boxes);
    return [...(boxes.length > 1 ? [layers] : []), ...this.#attributes.map((attributes) => attributes.element)];
  }
}

function slider(low: number, high: number, step: number, value: number, set: (value: number) => void): HTMLInputElement {
  const made = element('input', { type: 'range', min: String(low), max: String(high), step: String(step) });
  made.value = String(value);
  made.addEventListener('input', () => set(Number(made.value)));
  return made;
}
