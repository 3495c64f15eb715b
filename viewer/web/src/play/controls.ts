// What a grammar is tried on, and with which values: lot, seed, start rule, attributes.
import type { Attribute } from '../home/attributes.ts';
import { control, grouped } from '../home/attributes.ts';
import { element } from '../home/element.ts';
import type { Outcome } from './author.ts';
import type { Lot, Project } from './project.ts';

const SHAPES: [Lot['shape'], string][] = [['rectangle', 'rectangle'], ['corner', 'L-shape'], ['court', 'with a court']];
/** Seeds of the dice are below it. */
const SEEDS = 1000;

export class Controls {
  readonly element = element('form', { className: 'controls', onsubmit: () => false });
  #project: Project;
  #changed: () => void;
  #shown = '';
  #lot = element('div', { className: 'row' });
  #choice = element('div', { className: 'row' });
  #attributes = element('div', { className: 'attributes' });

  /** `changed` is called when something is set. */
  constructor(project: Project, changed: () => void) {
    this.#project = project;
    this.#changed = changed;
    this.element.append(this.#lot, this.#choice, this.#attributes);
    this.#showLot();
  }

  /** Shows another project. */
  open(project: Project): void {
    this.#project = project;
    this.#shown = '';
    this.#showLot();
  }

  /** Shows what a module lets one set. */
  show({ attributes, rules, start }: Outcome): void {
    const text = JSON.stringify([attributes, rules, start]);
    if (!attributes || text === this.#shown) return;
    this.#shown = text;
    this.#showStart(rules, start);
    this.#attributes.replaceChildren(...grouped(attributes, (attribute) => this.#row(attribute)));
  }

  #showLot(): void {
    const { lot } = this.#project;
    const shape = element('select', { id: 'lot-shape', ariaLabel: 'Form of the lot' }, ...SHAPES.map(([value, text]) =>
      element('option', { value, selected: value === lot.shape }, text)));
    shape.addEventListener('change', () => this.#set(() => { lot.shape = shape.value as Lot['shape']; }));
    const side = (which: 'width' | 'depth') => {
      const field = number(lot[which], `lot-${which}`, `${which} in metres`);
      field.min = '0.1';
      field.addEventListener('input', () => Number(field.value) > 0 && this.#set(() => { lot[which] = Number(field.value); }));
      return field;
    };
    const seed = number(this.#project.seed, 'seed', 'Seed of all random choices');
    seed.min = '0';
    seed.step = '1';
    const take = () => /^\d+$/.test(seed.value) && Number.isSafeInteger(Number(seed.value)) && this.#set(() => { this.#project.seed = Number(seed.value); });
    seed.addEventListener('input', take);
    const dice = element('button', { type: 'button', title: 'Another seed', onclick: () => {
      seed.value = String(Math.floor(Math.random() * SEEDS));
      take();
    } }, 'Dice');
    this.#lot.replaceChildren(
      label('lot-shape', 'Lot'), shape, side('width'), '×', side('depth'), 'm', label('seed', 'Seed'), seed, dice,
    );
  }

  #showStart(rules: string[], start: string | null): void {
    if (!rules.includes(this.#project.start)) this.#project.start = '';
    const select = element('select', { id: 'start' }, element('option', { value: '' }, start ?? 'none'), ...rules
      .filter((rule) => rule !== start)
      .map((rule) => element('option', { value: rule, selected: rule === this.#project.start }, rule)));
    select.addEventListener('change', () => this.#set(() => { this.#project.start = select.value; }));
    const reset = element('button', { type: 'button', title: 'All attributes as the grammar says', onclick: () => {
      this.#set(() => { this.#project.attributes = {}; });
      this.#shown = '';
    } }, 'Reset');
    this.#choice.replaceChildren(label('start', 'Start rule'), select, reset);
  }

  #row(attribute: Attribute): HTMLElement {
    const { name, description } = attribute;
    const row = element('div', { className: 'attribute' });
    const show = () => {
      const { attributes } = this.#project;
      const isSet = name in attributes;
      row.classList.toggle('set', isSet);
      const value = isSet ? attributes[name]! : attribute.default;
      const input = control(attribute, value, (to) => {
        row.classList.add('set');
        this.#set(() => { this.#project.attributes[name] = to; });
      });
      const undo = element('button', { type: 'button', className: 'undo', title: 'As the grammar says', onclick: () => {
        this.#set(() => { delete this.#project.attributes[name]; });
        show();
      } }, '×');
      row.replaceChildren(element('label', { title: description ? `${name}: ${description}` : name }, attribute.label), input, undo);
    };
    show();
    return row;
  }

  #set(change: () => void): void {
    change();
    this.#changed();
  }
}

function number(value: number, id: string, title: string): HTMLInputElement {
  return element('input', { type: 'number', id, title, ariaLabel: title, value: String(value), step: 'any', className: 'value' });
}

function label(htmlFor: string, text: string): HTMLLabelElement {
  return element('label', { htmlFor }, text);
}
