// What the server has to start from: bundled grammars, and what they run with.
import type { Resource } from '../generate/kit.ts';
import type { Project } from './project.ts';

interface ToldResource {
  name?: string;
  sha256: string;
  uri: string;
}

/** A grammar of the gallery. */
export interface Example {
  name: string;
  about: string;
  /** The lot that shows it best: `30x20`. */
  lot: string;
}

export interface Examples {
  kernel: Resource;
  assets: (Resource & { name: string })[];
  grammars: Example[];
  /** Texts by path, those that are only imported too. */
  files: Record<string, string>;
}

/** Asks the server. */
export async function examples(): Promise<Examples> {
  const response = await fetch('/examples.json');
  if (!response.ok) throw new Error(`The server answers ${response.status} where its examples should be.`);
  const told = await response.json() as { kernel: ToldResource; assets: ToldResource[]; grammars: Example[]; files: Record<string, string> };
  const resource = ({ sha256, uri }: ToldResource): Resource => ({ sha256, url: new URL(uri, location.href).href });
  return {
    ...told,
    kernel: resource(told.kernel),
    assets: told.assets.map((asset) => ({ name: asset.name ?? '', ...resource(asset) })),
  };
}

/** A project that begins with an example. */
export function begin({ name, lot }: Example, { files }: Examples): Project {
  const [width = 30, depth = 20] = lot.split('x').map(Number);
  const main = `${name}.cga`;
  return { main, texts: { [main]: files[main] ?? '' }, lot: { shape: 'rectangle', width, depth }, seed: 0, start: '', attributes: {} };
}
