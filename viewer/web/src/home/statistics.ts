// Numbers of the picture and of its tiles, with the placement of each.
import type { Stage } from '../view/stage.ts';
import { at, element, line } from './element.ts';

/** Numbers as the viewer tells them. */
export interface Numbers {
  triangles: number;
  instances: number;
  draws: number;
  calls: number;
  tiles: number;
  ready: number;
  error: number;
  generated: number;
  meshes: number;
  failures: number;
  work: number;
  uploaded: number;
  graphics: number;
  rows: { name: string; place: string; placement: string; triangles: number; bytes: number; milliseconds: number }[];
}

export function numbers(stage: Stage): Numbers {
  return JSON.parse(stage.wasm.statistics()) as Numbers;
}

/** Shows them. */
export function show(stage: Stage, received: number): void {
  const told = numbers(stage);
  const rows = told.rows.sort((a, b) => b.triangles - a.triangles).map((row) =>
    element('tr', {},
      ...[row.name, row.place].map((text) => element('td', { title: row.placement }, text)),
      ...[row.triangles, row.bytes, Math.round(row.milliseconds)].map((number) => element('td', { className: 'n' }, number.toLocaleString()))));
  at('statistics').replaceChildren(
    element('p', { className: 'weak' }, stage.device),
    element('table', {},
      line('picture', `${stage.drawing.toFixed(1)} ms on this thread; at most ${told.error.toFixed(0)} px wrong`),
      line('drawn', `${told.triangles.toLocaleString()} triangles, ${told.instances.toLocaleString()} instances, ${told.draws} draws in ${told.calls} calls`),
      line('tiles', `${told.tiles} in the picture, ${told.ready} here`),
      line('made', `${told.generated} generated here, ${told.meshes} came as meshes, ${told.failures} failed`),
      line('work', `${told.work.toFixed(2)} s of generating`),
      line('bytes', `${megabytes(received)} over the network, ${megabytes(told.uploaded)} to the device, ${megabytes(told.graphics)} there`)),
    element('table', {},
      element('tr', {}, ...['tile', 'made where', 'triangles', 'bytes', 'ms'].map((name, place) =>
        element('th', { className: place > 1 ? 'n' : '' }, name))),
      ...rows));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
