// What is known of what was clicked.
import type { Selected, Stage } from '../view/stage.ts';
import { at, element, line } from './element.ts';

/** What a grammar reports of a feature, by keys, as the kernel's summary tells it. */
export type Reports = Record<string, Report>;

interface Report {
  n?: number;
  sum?: number;
  strings?: Record<string, number>;
  bools?: Record<string, number>;
}

/** Reports in words: sums of numbers, counts of texts and truth values. */
export function described(reports: Reports): [string, string][] {
  return Object.entries(reports).map(([key, { n, sum, strings, bools }]) => {
    const counted = Object.entries({ ...strings, ...bools }).map(([text, count]) => `${text}: ${count}`);
    const numbers = sum === undefined ? [] : [n === 1 ? round(sum) : `${round(sum)} (${n})`];
    return [key, [...numbers, ...counted].join(', ')];
  });
}

/** Asks what is reported of something. */
export type AskReports = (selected: Selected) => Promise<[string, string][]>;

export class FoundPanel {
  #stage: Stage;
  #ask: AskReports;
  #shown = '';
  #reports = element('div');

  constructor(stage: Stage, ask: AskReports) {
    this.#stage = stage;
    this.#ask = ask;
  }

  /** Shows what is selected now. */
  show(selected: Selected | null): void {
    const panel = at('found');
    panel.hidden = selected === null;
    const text = JSON.stringify(selected);
    if (text === this.#shown) return;
    this.#shown = text;
    if (!selected) return;
    const [x, y, z] = selected.position.map((part) => part.toFixed(2));
    const close = element('button', { title: 'Select nothing (Esc)', onclick: () => { this.#stage.wasm.deselect(); this.#stage.wake(); } }, '×');
    panel.replaceChildren(
      element('div', { className: 'row' }, element('h2', { className: 'grow' }, selected.name ?? 'Selected'), close),
      element('table', {}, ...selected.properties.map(([name, value]) => line(name, typeof value === 'number' ? round(value) : String(value)))),
      this.#reports,
      element('p', { className: 'weak' }, `${selected.layer ?? ''} ${selected.tile}`, element('br'), selected.place ?? 'not in the picture',
        element('br'), selected.placement ?? '', element('br'), `${x}, ${y}, ${z} m`),
    );
    void this.ask(selected);
  }

  /** Asks for reports of it. */
  async ask(selected: Selected): Promise<void> {
    const shown = this.#shown;
    const reports = await this.#ask(selected).catch((error: unknown): [string, string][] => [['reports', String(error)]]);
    if (shown !== this.#shown) return;
    this.#reports.replaceChildren(...(reports.length === 0 ? [] : [
      element('h3', {}, 'Reports'), element('table', {}, ...reports.map(([key, value]) => line(key, value))),
    ]));
  }
}

function round(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}
