// What the pages share: what is asked of them, and their answer.

/** The question in the page's address: which tileset, and from where to where one looks. */
export function question() {
  const query = new URLSearchParams(location.search);
  const [x, y, z, ...target] = query.get('camera').split(',').map(Number);
  return { tileset: query.get('tileset'), eye: [x, y, z], target };
}

/** Layer and level of the tile whose content has this address, such as `buildings/3`. */
export function levelOf(address) {
  const [, layer, level] = /([^/]+)\/[^/]+\/content\/(\d+)\//.exec(address) ?? [];
  return `${layer}/${level}`;
}

/**
 * Tells whoever measures that nothing was missing from `ready` on, and that drawing it took so many milliseconds until its pixels
 * could be read. Goes on when they are done.
 */
export async function drawn(ready, milliseconds) {
  const origin = Date.now() - performance.now();
  await globalThis.measure?.({ ready: origin + ready, drawn: origin + ready + milliseconds });
}

/** Answers: the view is complete. */
export function tell(state) {
  globalThis.state = { ...state, milliseconds: Math.round(performance.now()) };
}
