// What keys do.
import { at, element } from './element.ts';

/** What each key does: as it is written, in words. */
const KEYS: [string, string][] = [
  ['drag, one finger', 'turn around what is in the middle; look around when flying or walking'],
  ['right drag, two fingers', 'move along the ground'],
  ['wheel, pinch', 'toward what is under the pointer; faster or slower when flying'],
  ['click, tap', 'what is known of a building'],
  ['double click', 'go there'],
  ['W A S D, arrows', 'forward, left, back, right'],
  ['E Q', 'up, down'],
  ['Shift', 'five times as fast'],
  ['M', 'orbit, fly, walk'],
  ['Home', 'see all of it'],
  ['[ ]', 'earlier, later in the day'],
  ['T', 'the panel'],
  ['F3', 'statistics'],
  ['G', 'colours: things, levels of detail, where tiles were made'],
  ['C', 'copy the address of this view'],
  ['P', 'save the picture'],
  ['Esc', 'select nothing'],
  ['?', 'these keys'],
];

/** Shows them, or does not any more. */
export function toggleHelp(): void {
  const dialog = at<HTMLDialogElement>('keys');
  if (dialog.open) {
    dialog.close();
    return;
  }
  dialog.replaceChildren(
    element('table', {}, ...KEYS.map(([key, what]) => element('tr', {}, element('td', {}, element('kbd', {}, key)), element('td', {}, what)))),
    element('form', { method: 'dialog' }, element('button', {}, 'Close')));
  dialog.showModal();
}

/** Does what keys ask for, wherever the keyboard is but in a field. */
export function listen(actions: Record<string, () => void>): void {
  addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    // A dialog has its own keys.
    if (document.querySelector('dialog[open]')) return;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
