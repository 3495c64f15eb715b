// What somebody works on: texts, and what they are tried on. It survives a reload, and can be shared as an address.

export type Value = number | boolean | string;

export interface Lot {
  shape: 'rectangle' | 'corner' | 'court';
  /** Metres. */
  width: number;
  depth: number;
}

export interface Project {
  /** The path of the main file. */
  main: string;
  /** The main file's text, and those of imported files that are not as they are bundled. */
  texts: Record<string, string>;
  lot: Lot;
  seed: number;
  /** The rule to start with; empty for the grammar's own choice. */
  start: string;
  attributes: Record<string, Value>;
}

/** Where the browser keeps it: for this tab, and for the next one. */
const KEPT = 'gable-play';
/** What the part of the address after `#` begins with. */
const SHARED = '#p=';

/** Keeps a project until the next visit. Without room it lives as long as the page. */
export function keep(project: Project): void {
  const text = JSON.stringify(project);
  for (const storage of storages()) {
    try {
      storage.setItem(KEPT, text);
    } catch {
      // There is no room.
    }
  }
}

/** The project that was kept last, of this tab first. */
export function kept(): Project | undefined {
  for (const storage of storages()) {
    try {
      return read(JSON.parse(storage.getItem(KEPT) ?? ''));
    } catch {
      // There is none, or one of another version.
    }
  }
  return undefined;
}

function storages(): Storage[] {
  try {
    return [sessionStorage, localStorage];
  } catch {
    return [];
  }
}

/** The part of an address that has a project in it. */
export async function share(project: Project): Promise<string> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(project)), new CompressionStream('deflate-raw'));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return SHARED + btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The project in such a part; nothing when it has none. Throws when it is damaged. */
export async function shared(hash: string): Promise<Project | undefined> {
  if (!hash.startsWith(SHARED)) return undefined;
  try {
    const letters = atob(hash.slice(SHARED.length).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await through(bytes, new DecompressionStream('deflate-raw')));
    return read(JSON.parse(text));
  } catch {
    throw new Error('The address is damaged: was all of it copied?');
  }
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  const answer = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await answer.arrayBuffer());
}

/** A project that anybody may have written. Throws when it is none. */
function read(told: Partial<Project>): Project {
  const { main, texts, lot, seed, start = '', attributes = {} } = told;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!isText(main) || !isText(texts?.[main]) || !Object.values(texts).every(isText)) throw new Error('no text');
  const shape = lot?.shape === 'corner' || lot?.shape === 'court' ? lot.shape : 'rectangle';
  return {
    main,
    texts: { ...texts },
    lot: { shape, width: Number(lot?.width) || 30, depth: Number(lot?.depth) || 20 },
    seed: Number.isSafeInteger(seed) ? Math.abs(seed as number) : 0,
    start: isText(start) ? start : '',
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => ['number', 'boolean', 'string'].includes(typeof value))),
  };
}
