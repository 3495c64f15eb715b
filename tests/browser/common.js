// What the pages share: what is asked of them, and their answer.

/** The question in the page's address: which tileset, and from where to where one looks first; `cameras` are all. */
export function question() {
  const query = new URLSearchParams(location.search);
  const cameras = query.get('camera').split(';').map((camera) => {
    const [x, y, z, ...target] = camera.split(',').map(Number);
    return { eye: [x, y, z], target };
  });
  return { tileset: query.get('tileset'), ...cameras[0], cameras };
}

/** Layer and level of the tile whose content has this address, such as `buildings/3`. */
export function levelOf(address) {
  const [, layer, level] = /([^/]+)\/[^/]+\/content\/(\d+)\//.exec(address) ?? [];
  return `${layer}/${level}`;
}

/**
 * Tells whoever measures that nothing was missing from `ready` on in what one looks at since `begun`, and that drawing it, if it
 * was drawn, took so many milliseconds until its pixels could be read. Goes on when they are done.
 */
export async function drawn(ready, milliseconds, begun = 0) {
  const origin = Date.now() - performance.now();
  await globalThis.measure?.({ begun: origin + begun, ready: origin + ready, drawn: origin + ready + milliseconds });
}

/** Answers: the view is complete. */
export function tell(state) {
  globalThis.state = { ...state, milliseconds: Math.round(performance.now()) };
}
