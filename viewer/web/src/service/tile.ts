// A tile's content: what the server decides to send, made into what the viewer asked for.
import { contents } from '../cache.ts';
import type { Job } from '../generate/job.ts';
import type { Parts } from '../generate/kit.ts';
import type { Content } from './address.ts';
import { power } from './calibration.ts';
import type { Pool } from './pool.ts';
import { Statement } from './statement.ts';
import type { Worlds } from './worlds.ts';

const RECIPE = 'application/vnd.gable.recipe';
const MESH = 'model/gltf-binary';
/** Milliseconds that the server's decision may take. */
const PATIENCE = 30_000;

export class Tiles {
  #statement = new Statement();
  #worlds: Worlds;
  /** Servers whose calibration run was made. */
  #measured = new Set<string>();
  #pool: Pool;
  #call: () => Promise<void>;

  /** Generates with these workers; `call` asks pages for theirs. */
  constructor(worlds: Worlds, pool: Pool, call: () => Promise<void>) {
    this.#worlds = worlds;
    this.#pool = pool;
    this.#call = call;
  }

  /** The content that a request is for. Throws when it cannot be had this way. */
  async content(request: Request, content: Content): Promise<Response> {
    const known = await contents.get(content.name);
    if (known) return known;
    const world = await this.#worlds.of(content, request);
    const response = await this.#decision(request, content);
    const type = response.headers.get('content-type');
    // Nobody waits until it is kept, here and below.
    if (type === MESH) void contents.put(content.name, response.clone());
    if (type !== RECIPE) return response;
    this.#statement.begin();
    const recipe = new Uint8Array(await response.arrayBuffer());
    const parts = world.parts(content.layer, recipe, new URL(request.url).search);
    const made = await this.#pool.work({ parts, recipe }, this.#call, request.signal);
    this.#statement.ready();
    this.#statement.modules.add(parts.grammar.sha256);
    const tag = response.headers.get('etag')?.replace(/^(W\/)?"|"$/g, '');
    if (tag) this.#statement.generated(tag.slice(0, 16), made.seconds);
    this.#measure(content, parts);
    const answer = new Response(made.content, { headers: described(response.headers, made.seconds, recipe.length) });
    void contents.put(content.name, answer.clone());
    return answer;
  }

  /** What the server sends. */
  async #decision(request: Request, { decision }: Content): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set('accept', `${RECIPE}, ${MESH};q=0.5`);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE)]);
    const address = new URL(decision);
    address.search += `${address.search ? '&' : '?'}client=${this.#statement.say()}`;
    const response = await fetch(address, { headers, signal, credentials: request.credentials });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    return response;
  }

  /** Makes the server's calibration run, once, when a recipe was run anyway. */
  #measure({ server }: Content, { kernel }: Parts): void {
    if (this.#measured.has(server)) return;
    this.#measured.add(server);
    power(server, kernel, (job: Job) => this.#pool.work(job, this.#call)).then(
      (measured) => { this.#statement.power = measured; },
      () => this.#measured.delete(server),
    );
  }
}

function described(headers: Headers, seconds: number, recipeBytes: number): Headers {
  const described = new Headers({
    'content-type': MESH,
    'server-timing': `generate;dur=${(1000 * seconds).toFixed(1)}`,
    // The bytes that came for it, or fewer where the recipe was packed on its way.
    'gable-generated': headers.get('content-length') ?? String(recipeBytes),
  });
  for (const name of ['etag', 'gable-placement']) {
    const value = headers.get(name);
    if (value) described.set(name, value);
  }
  return described;
}
