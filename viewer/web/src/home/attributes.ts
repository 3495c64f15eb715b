// What a layer's grammar lets one set, for all of it or for the selected feature, and taking effect at once.
import type { Selected, Stage } from '../view/stage.ts';
import { element } from './element.ts';

/** An attribute as the viewer tells it. */
export interface Attribute {
  name: string;
  label: string;
  path: string[];
  description: string;
  default: number | boolean | string | null;
  kind: 'number' | 'flag' | 'text' | 'color' | 'other';
  range?: [number, number] | null;
  step?: number | null;
  choices?: (number | string)[];
  unit?: string;
}

export interface Layer {
  name: string;
  attributes: Attribute[];
}

type Value = number | boolean | string;

/** The attributes of a layer, as a part of the panel. */
export class Attributes {
  readonly element = element('details');
  #stage: Stage;
  #layer: Layer;
  #selected: Selected | null = null;
  /** They are set for the selected feature. */
  #isForOne = false;
  #list = element('div');
  #all: HTMLButtonElement;
  #one: HTMLButtonElement;
  #filter = element('input', { type: 'text', placeholder: 'find', ariaLabel: 'Find an attribute' });

  constructor(stage: Stage, layer: Layer, isOpen: boolean) {
    this.#stage = stage;
    this.#layer = layer;
    this.#all = element('button', { onclick: () => this.#scope(false) }, 'all');
    this.#one = element('button', { onclick: () => this.#scope(true), title: 'Click a building first' }, 'selected one');
    const reset = element('button', { title: 'All as the grammar says', onclick: () => { stage.reset(layer.name); this.#show(); } }, 'Reset');
    this.#filter.addEventListener('input', () => this.#show());
    this.element.open = isOpen;
    this.element.append(
      element('summary', {}, `Attributes of ${layer.name}`),
      element('div', { className: 'row' }, this.#all, this.#one, reset),
      this.#filter,
      this.#list,
    );
    this.#show();
  }

  /** Something else is selected. */
  select(selected: Selected | null): void {
    const ours = selected?.layer === this.#layer.name && selected.name ? selected : null;
    if (ours?.name === this.#selected?.name) return;
    this.#selected = ours;
    if (!ours) this.#isForOne = false;
    this.#show();
  }

  #scope(isForOne: boolean): void {
    this.#isForOne = isForOne && this.#selected !== null;
    this.#show();
  }

  #show(): void {
    this.#all.ariaPressed = String(!this.#isForOne);
    this.#one.ariaPressed = String(this.#isForOne);
    this.#one.disabled = this.#selected === null;
    const wanted = this.#filter.value.toLowerCase();
    const meant = this.#layer.attributes.filter(({ label, name }) => `${label} ${name}`.toLowerCase().includes(wanted));
    this.#list.replaceChildren(...grouped(meant, (attribute) => this.#row(attribute)));
  }

  #row(attribute: Attribute): HTMLElement {
    const feature = this.#isForOne ? this.#selected : null;
    const of = feature?.name ? { feature: feature.name, tile: feature.tile } : undefined;
    const own = this.#stage.setting(this.#layer.name, of?.feature, attribute.name);
    const known = feature?.properties.find(([name]) => name === attribute.name)?.[1];
    const value = own ?? known ?? this.#stage.setting(this.#layer.name, undefined, attribute.name) ?? attribute.default;
    const row = element('div', { className: own === undefined ? 'attribute' : 'attribute set' });
    const set = (to: Value | null) => {
      this.#stage.set(this.#layer.name, of, attribute.name, to);
      row.classList.toggle('set', to !== null);
    };
    const undo = element('button', { className: 'undo', title: 'As the grammar says', onclick: () => { set(null); this.#show(); } }, '×');
    row.append(
      element('label', { title: `${attribute.name}${attribute.description ? `: ${attribute.description}` : ''}` }, attribute.label),
      control(attribute, value, set),
      undo,
    );
    return row;
  }
}

/** Rows of attributes, under the names of their groups. */
export function grouped(attributes: Attribute[], row: (attribute: Attribute) => HTMLElement): Node[] {
  let group = '';
  return attributes.flatMap((attribute) => {
    const path = attribute.path.filter(Boolean).join(' › ');
    const isNew = path !== group;
    group = path;
    return [...(isNew ? [element('h3', {}, path)] : []), row(attribute)];
  });
}

/** What sets an attribute; its fields have its name for those who do not see it. */
export function control(attribute: Attribute, value: Value | null, set: (to: Value) => void): HTMLElement {
  const made = setter(attribute, value, set);
  for (const field of [made, ...made.querySelectorAll<HTMLElement>('input, select')]) field.ariaLabel = attribute.label;
  return made;
}

function setter(attribute: Attribute, value: Value | null, set: (to: Value) => void): HTMLElement {
  const { kind, choices = [] } = attribute;
  if (choices.length > 0 && (kind === 'number' || kind === 'text')) return choice(choices, value, set);
  switch (kind) {
    case 'number': return number(attribute, value, set);
    case 'flag': {
      const box = element('input', { type: 'checkbox', checked: value === true });
      box.addEventListener('change', () => set(box.checked));
      return box;
    }
    case 'color': {
      const color = element('input', { type: 'color', value: typeof value === 'string' ? value.slice(0, 7) : '#808080' });
      color.addEventListener('input', () => set(color.value));
      return color;
    }
    case 'text': {
      const text = element('input', { type: 'text', value: typeof value === 'string' ? value : '', placeholder: value === null ? 'by rule' : '' });
      text.addEventListener('change', () => set(text.value));
      return text;
    }
    case 'other': return element('span', { className: 'weak' }, 'an array');
  }
}

function choice(choices: (number | string)[], value: Value | null, set: (to: Value) => void): HTMLElement {
  const select = element('select');
  if (value === null || !choices.includes(value as number | string)) {
    select.append(element('option', { value: '', selected: true, disabled: true }, value === null ? 'by rule' : String(value)));
  }
  choices.forEach((option, place) =>
    select.append(element('option', { value: String(place), selected: option === value }, String(option))));
  select.addEventListener('change', () => set(choices[Number(select.value)]!));
  return select;
}

/** A slider where there is a range, and a field for the exact number. */
function number({ range, step, unit }: Attribute, value: Value | null, set: (to: Value) => void): HTMLElement {
  const shown = typeof value === 'number' ? String(Math.round(value * 1e4) / 1e4) : '';
  const field = element('input', { type: 'number', className: 'value', value: shown, step: step ? String(step) : 'any', title: unit ?? '', placeholder: value === null ? 'by rule' : '' });
  const take = (text: string) => {
    const to = Number(text);
    if (text !== '' && Number.isFinite(to)) set(to);
  };
  field.addEventListener('change', () => take(field.value));
  if (!range) return field;
  const [low, high] = range;
  const slider = element('input', { type: 'range', min: String(low), max: String(high), step: step ? String(step) : String((high - low) / 200) });
  slider.value = shown || String((low + high) / 2);
  slider.addEventListener('input', () => {
    field.value = String(Math.round(Number(slider.value) * 1e4) / 1e4);
    take(slider.value);
  });
  field.addEventListener('change', () => { slider.value = field.value; });
  return element('span', { className: 'row' }, slider, field);
}
