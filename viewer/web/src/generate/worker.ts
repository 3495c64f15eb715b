// A worker of a page: it generates what the service worker asks of it, through ports that the page hands on.
import type { Job, Made } from './job.ts';
import { work } from './job.ts';

/** A job with its number. */
export interface Order {
  number: number;
  job: Job;
}

/** How it ended. */
export type Delivery = { number: number } & (Made | { error: string });

addEventListener('message', ({ data }: MessageEvent<{ port: MessagePort }>) => {
  const { port } = data;
  port.onmessage = async ({ data: { number, job } }: MessageEvent<Order>) => {
    try {
      const made = await work(job);
      port.postMessage({ number, ...made } satisfies Delivery, [made.content.buffer]);
    } catch (error) {
      port.postMessage({ number, error: String(error) } satisfies Delivery);
    }
  };
});
