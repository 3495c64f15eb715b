// What is wrong, listed: line, message, cure; a click goes there.
import { element } from '../home/element.ts';
import type { Diagnostic } from './author.ts';
import type { Failure } from './worker.ts';

/** Something that is said of a text. */
export interface Problem {
  severity: 'error' | 'warning';
  path: string;
  /** From 1; none when nobody knows where it is. */
  line: number | undefined;
  title: string;
  help: string | null;
  /** UTF-16 offsets, where they are known. */
  range?: [number, number];
}

/** A problem that a run had, as the kernel tells it in its summary. */
export interface Warning {
  text: string;
  source: string;
  line: number;
  count: number;
}

export function ofDiagnostic({ severity, path, line, title, label, help, start, end }: Diagnostic): Problem {
  return { severity, path, line, title: label ? `${title}: ${label}` : title, help, range: [start, end] };
}

export function ofWarning({ text, source, line, count }: Warning): Problem {
  const title = count > 1 ? `${text} (${count} times)` : text;
  return { severity: 'warning', path: source, line: line || undefined, title, help: null };
}

export function ofFailure({ why, path = '', line }: Failure): Problem {
  return { severity: 'error', path, line, title: why, help: null };
}

/** More are not listed: whoever cures these sees the next. */
const MOST = 100;

/** Lists problems; `go` is called for one that was clicked. */
export function list(problems: Problem[], main: string, go: (problem: Problem) => void): HTMLLIElement[] {
  const more = problems.length > MOST ? [element('li', { className: 'weak' }, `and ${problems.length - MOST} more`)] : [];
  const listed = problems.slice(0, MOST).map((problem) => {
    const { severity, path, line, title, help } = problem;
    const place = [path === main ? '' : path, line === undefined ? '' : `line ${line}`].filter(Boolean).join(', ');
    const button = element('button', { onclick: () => go(problem), disabled: line === undefined },
      element('b', {}, place || severity), ` ${title}`, help ? element('small', {}, help) : null);
    return element('li', { className: severity }, button);
  });
  return [...listed, ...more];
}
