// The editor: CodeMirror, with the colours, the diagnostics and the layout of our own language.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import type { Diagnostic as Shown } from '@codemirror/lint';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension, Range } from '@codemirror/state';
import { EditorState } from '@codemirror/state';
import type { DecorationSet, ViewUpdate } from '@codemirror/view';
import {
  Decoration, EditorView, ViewPlugin, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from '@codemirror/view';
import type { Author, Diagnostic } from './author.ts';
import { KINDS } from './author.ts';

/** What the editor asks of the page. */
export interface Asked {
  /** Texts have changed. */
  changed(): void;
  layout(): void;
}

/** How the editor looks; colours are those of the page (play.css). */
const LOOK = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--paper)', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'ui-monospace, Menlo, Consolas, monospace', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--weak)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--here)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--chosen) !important' },
  '.cm-selectionMatch, .cm-matchingBracket': { backgroundColor: 'var(--chosen) !important' },
  '.cm-panels, .cm-tooltip': { backgroundColor: 'var(--shade)', color: 'var(--ink)', borderColor: 'var(--line)' },
});

/** Colours the words that are in sight. */
function colors(author: Author): Extension {
  const classes = KINDS.map((kind) => Decoration.mark({ class: `word-${kind}` }));
  return ViewPlugin.fromClass(class {
    decorations: DecorationSet;
    #marks: Uint32Array;

    constructor(view: EditorView) {
      this.#marks = marksOf(view);
      this.decorations = this.#inSight(view);
    }

    update({ docChanged, viewportChanged, view }: ViewUpdate): void {
      if (docChanged) this.#marks = marksOf(view);
      if (docChanged || viewportChanged) this.decorations = this.#inSight(view);
    }

    #inSight({ viewport: { from, to } }: EditorView): DecorationSet {
      const shown: Range<Decoration>[] = [];
      for (let at = 0; at < this.#marks.length; at += 3) {
        const [kind = 0, start = 0, end = 0] = this.#marks.subarray(at, at + 3);
        if (end >= from && start <= to) shown.push(classes[kind]!.range(start, end));
      }
      return Decoration.set(shown);
    }
  }, { decorations: (plugin) => plugin.decorations });

  function marksOf(view: EditorView): Uint32Array {
    try {
      return author.marks(view.state.doc.toString());
    } catch (error) {
      console.error(error);
      return new Uint32Array();
    }
  }
}

export class Editor {
  readonly view: EditorView;
  #extensions: Extension;
  #states = new Map<string, EditorState>();
  #path = '';
  #diagnostics: Diagnostic[] = [];

  constructor(parent: HTMLElement, author: Author, { changed, layout }: Asked) {
    const run = (act: () => void) => () => {
      act();
      return true;
    };
    this.#extensions = [
      lineNumbers(), lintGutter(), history(), drawSelection(), search({ top: true }), bracketMatching(), highlightActiveLine(),
      highlightActiveLineGutter(), highlightSelectionMatches(), indentUnit.of('    '), colors(author), LOOK,
      EditorView.contentAttributes.of({ 'aria-label': 'The grammar', spellcheck: 'false', autocapitalize: 'off' }),
      EditorView.updateListener.of(({ docChanged }) => docChanged && changed()),
      keymap.of([
        { key: 'Shift-Alt-f', run: run(layout), preventDefault: true },
        { key: 'Mod-s', run: run(layout), preventDefault: true },
        ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab,
      ]),
    ];
    this.view = new EditorView({ parent });
  }

  /** The path of the file that is shown. */
  get path(): string {
    return this.#path;
  }

  /** Its text. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Forgets all files, and what was undone in them. */
  clear(): void {
    this.#states.clear();
    this.#path = '';
  }

  /** Shows a file; with `text` as it is when it was not shown before. */
  open(path: string, text: string): void {
    if (this.#path) this.#states.set(this.#path, this.view.state);
    this.#path = path;
    this.view.setState(this.#states.get(path) ?? EditorState.create({ doc: text, extensions: this.#extensions }));
    this.#underline();
  }

  /** Puts another text in the place of what is shown, as one change: what is before and behind stays, the cursor with it. */
  replace(text: string): void {
    const old = this.text;
    let start = 0;
    while (start < old.length && start < text.length && old[start] === text[start]) start += 1;
    let end = 0;
    while (end < old.length - start && end < text.length - start && old.at(-1 - end) === text.at(-1 - end)) end += 1;
    this.view.dispatch({ changes: { from: start, to: old.length - end, insert: text.slice(start, text.length - end) } });
    this.view.focus();
  }

  /** Underlines what is wrong. */
  diagnose(diagnostics: Diagnostic[]): void {
    this.#diagnostics = diagnostics;
    this.#underline();
  }

  /** Goes to a place in the file that is shown. */
  go(start: number, end: number): void {
    const { length } = this.view.state.doc;
    const [anchor, head] = [Math.min(start, length), Math.min(end, length)];
    this.view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    this.view.focus();
  }

  /** Where a line begins. */
  startOf(line: number): number {
    const { doc } = this.view.state;
    return doc.line(Math.max(1, Math.min(line, doc.lines))).from;
  }

  #underline(): void {
    const { length } = this.view.state.doc;
    const here = this.#diagnostics.filter(({ path }) => path === this.#path);
    const shown = here.map(({ start, end, severity, title, label, help }): Shown => ({
      from: Math.min(start, length),
      to: Math.min(end, length),
      severity,
      message: [title, label, help].filter(Boolean).join('\n'),
    }));
    this.view.dispatch(setDiagnostics(this.view.state, shown));
  }
}
