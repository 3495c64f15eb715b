// The worker of the playground: compiles what was typed and runs it, so that typing never waits.
import { generate } from '../generate/run.ts';
import { said } from '../said.ts';
import type { Outcome } from './author.ts';
import { Author } from './author.ts';
import type { Project } from './project.ts';

/** What it needs for all tasks, given first. */
export interface Tools {
  author: WebAssembly.Module;
  kernel: WebAssembly.Module;
  kernelHash: string;
  assets: { name: string; sha256: string; bytes: Uint8Array }[];
  /** Texts of files that a project does not have itself. */
  files: Record<string, string>;
}

export type Task = { number: number } & (
  | { kind: 'run'; project: Project }
  | { kind: 'layout'; text: string }
);

/** Why nothing was made, and where, if that is known. */
export interface Failure {
  why: string;
  path?: string;
  line?: number;
}

/** What a task gives: `compiled` may be followed by another answer, all others end it. */
export type Answer = { number: number } & (
  | { kind: 'compiled'; outcome: Outcome; seconds: number; bytes: number; isLast: boolean }
  | { kind: 'made'; content: Uint8Array<ArrayBuffer>; summary: string; seconds: number }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'laidOut'; text: string | undefined }
);

let tools: Tools;
let author: Author;

function tell(answer: Answer, transfer: Transferable[] = []): void {
  postMessage(answer, { transfer });
}

addEventListener('message', async ({ data }: MessageEvent<{ tools: Tools } | { task: Task }>) => {
  if ('tools' in data) {
    tools = data.tools;
    author = new Author(tools.author);
    return;
  }
  const { task } = data;
  try {
    if (task.kind === 'layout') tell({ number: task.number, kind: 'laidOut', text: author.layout(task.text) });
    else await run(task.number, task.project);
  } catch (error) {
    tell({ number: task.number, kind: 'failed', failure: failure(error) });
  }
});

async function run(number: number, project: Project): Promise<void> {
  let start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const { outcome, module } = author.compile(project, { ...tools.files, ...project.texts }, tools.kernelHash);
  tell({ number, kind: 'compiled', outcome, seconds: seconds(), bytes: module?.length ?? 0, isLast: !module });
  if (!module) return;
  const recipe = author.recipe(project, tools.assets);
  const grammar = await WebAssembly.compile(module);
  const assets = tools.assets.map(({ name, bytes }) => [name, bytes] as const);
  start = performance.now();
  const { content, summary } = generate({ kernel: tools.kernel, grammar, assets }, recipe);
  tell({ number, kind: 'made', content, summary, seconds: seconds() }, [content.buffer]);
}

/** What an error says; the kernel's own errors are JSON, and name the place in the grammar. */
function failure(error: unknown): Failure {
  const message = said(error);
  try {
    const { text, source, line } = JSON.parse(message) as { text: string; source?: string; line?: number };
    return { why: text, ...(source && line ? { path: source, line } : {}) };
  } catch {
    return { why: message };
  }
}
