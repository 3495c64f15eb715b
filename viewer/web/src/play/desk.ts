// Gives tasks to the worker, one at a time: the latest one wins, and one that does not end is ended.
import type { Answer, Task, Tools } from './worker.ts';

/** Milliseconds that a task may take while nothing else is wanted. */
const PATIENCE = 20_000;
/** Milliseconds that it may take while another one waits. */
const IMPATIENCE = 1000;

/** Milliseconds until the next worker takes the place of one that ended by itself. */
const PAUSE = 1000;

type Wish<T> = T extends unknown ? Omit<T, 'number'> : never;

export class Desk {
  #tools: Tools;
  #hear: (answer: Answer) => void;
  #worker: Worker;
  #next = 1;
  #running: { task: Task; since: number } | undefined;
  #waiting: Task | undefined;
  #clock: ReturnType<typeof setTimeout> | undefined;

  /** `hear` gets what comes of the tasks; of those that a later one has overtaken nothing is heard. */
  constructor(tools: Tools, hear: (answer: Answer) => void) {
    this.#tools = tools;
    this.#hear = hear;
    this.#worker = this.#hire();
  }

  /** Whether something is being done. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Gives a task instead of all that were given before. */
  give(wish: Wish<Task>): void {
    this.#waiting = { ...wish, number: this.#next++ } as Task;
    if (this.#running) this.#watch();
    else this.#begin();
  }

  #hire(): Worker {
    const worker = new Worker('gable-play-worker.js', { name: 'gable-play' });
    worker.postMessage({ tools: this.#tools });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    worker.onerror = ({ message }) => {
      // One that cannot be loaded now may be in a while.
      setTimeout(() => worker === this.#worker && this.#giveUp(`The worker ended: ${message || 'it could not be loaded'}`), PAUSE);
    };
    return worker;
  }

  #begin(): void {
    const task = this.#waiting;
    this.#waiting = undefined;
    if (!task) return;
    this.#running = { task, since: Date.now() };
    this.#worker.postMessage({ task });
    this.#watch();
  }

  #take(answer: Answer): void {
    if (answer.number !== this.#running?.task.number) return;
    if (answer.kind !== 'compiled' || answer.isLast) {
      clearTimeout(this.#clock);
      this.#running = undefined;
    }
    if (!this.#waiting) this.#hear(answer);
    if (!this.#running) this.#begin();
  }

  /** Ends what runs when its time is over. */
  #watch(): void {
    clearTimeout(this.#clock);
    if (!this.#running) return;
    const limit = this.#waiting ? IMPATIENCE : PATIENCE;
    const left = this.#running.since + limit - Date.now();
    this.#clock = setTimeout(() => this.#giveUp(`It was ended after ${PATIENCE / 1000} s: is there a rule that calls itself for ever, or far too much to make?`), Math.max(0, left));
  }

  /** What runs comes to nothing; the next task is for another worker. */
  #giveUp(why: string): void {
    clearTimeout(this.#clock);
    this.#worker.terminate();
    const running = this.#running;
    this.#running = undefined;
    this.#worker = this.#hire();
    if (running && !this.#waiting) this.#hear({ number: running.task.number, kind: 'failed', failure: { why } });
    this.#begin();
  }
}
