// What a grammar lets one set: its annotations as the controls of the viewer understand them (as viewer/session/src/attributes.rs).
import type { Attribute } from '../home/attributes.ts';
import type { ToldAttribute } from './author.ts';

type Annotation = ToldAttribute['annotations'][number];

/** Reads the attributes of a module, in the order in which they are shown. */
export function read(told: ToldAttribute[]): Attribute[] {
  let prefix = '';
  let group: string[] = [];
  let place = 0;
  const placed = told.map((one) => {
    // A group goes on until the next one of the same file.
    const own = one.name.split('.').slice(0, -1).join('.');
    if (own !== prefix) [prefix, group, place] = [own, [], 0];
    const named = find(one, 'Group');
    if (named) {
      group = texts(named);
      place = numbers(named).at(-1) ?? Number.MAX_VALUE;
    }
    return { attribute: attribute(one, [prefix, ...group]), place, order: first(find(one, 'Order')) ?? Number.MAX_VALUE };
  });
  const prefixes = placed.map(({ attribute: { path } }) => path[0]);
  const file = ({ path }: Attribute) => prefixes.indexOf(path[0]);
  placed.sort((a, b) =>
    file(a.attribute) - file(b.attribute) || a.place - b.place
    || compare(a.attribute.path.join('\n'), b.attribute.path.join('\n')) || a.order - b.order);
  return placed.map((one) => one.attribute);
}

function attribute(told: ToldAttribute, path: string[]): Attribute {
  const own = told.name.split('.').at(-1) ?? told.name;
  const said = (name: string) => texts(find(told, name))[0];
  const { default: value } = told;
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
  return {
    name: told.name,
    label: said('DisplayName') ?? words(own),
    path,
    description: said('Description') ?? '',
    default: isPlain ? value : null,
    ...kind(told),
  };
}

function kind(told: ToldAttribute): Pick<Attribute, 'kind' | 'range' | 'step' | 'choices' | 'unit'> {
  const choices = find(told, 'Enum');
  const range = find(told, 'Range');
  switch (told.type) {
    case 'bool': return { kind: 'flag' };
    case 'string': {
      if (find(told, 'Color')) return { kind: 'color' };
      return { kind: 'text', choices: choices ? texts(choices) : texts(range) };
    }
    case 'float': {
      const [low, high, step] = ['min', 'max', 'stepsize'].map((name, at) => named(range, name) ?? numbers(range)[at]);
      const unit = ([['Distance', 'm'], ['Angle', '°'], ['Percent', '%']] as const).find(([name]) => find(told, name))?.[1];
      return {
        kind: 'number',
        range: low !== undefined && high !== undefined && low < high ? [low, high] : null,
        step: step !== undefined && step > 0 ? step : null,
        choices: numbers(choices),
        unit: unit ?? '',
      };
    }
    default: return { kind: 'other' };
  }
}

function find(told: ToldAttribute, name: string): Annotation | undefined {
  return told.annotations.find((annotation) => annotation.name === name);
}

function positional(annotation: Annotation | undefined): unknown[] {
  return (annotation?.arguments ?? []).filter(([key]) => key === '').map(([, value]) => value);
}

function texts(annotation: Annotation | undefined): string[] {
  return positional(annotation).filter((value) => typeof value === 'string');
}

function numbers(annotation: Annotation | undefined): number[] {
  return positional(annotation).filter((value) => typeof value === 'number');
}

function first(annotation: Annotation | undefined): number | undefined {
  return numbers(annotation)[0];
}

function named(annotation: Annotation | undefined, name: string): number | undefined {
  const value = annotation?.arguments.find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `groundFloorHeight` and `Ground_floor` as words: `ground floor height`. */
function words(name: string): string {
  return name.replaceAll('_', ' ').replace(/(?<=\p{Ll})\p{Lu}/gu, (letter) => ` ${letter.toLowerCase()}`);
}
