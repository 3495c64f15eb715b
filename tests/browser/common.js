// What the pages share: what is asked of them, and their answer.

/** The question in the page's address: which tileset, and from where to where one looks. */
export function question() {
  const query = new URLSearchParams(location.search);
  const [x, y, z, ...target] = query.get('camera').split(',').map(Number);
  return { tileset: query.get('tileset'), eye: [x, y, z], target };
}

/** Level of the tile whose content has this address. */
export function levelOf(address) {
  return Number(/\/content\/(\d+)\//.exec(address)?.[1] ?? -1);
}

/** Answers: the view is complete. */
export function tell(state) {
  globalThis.state = { ...state, milliseconds: Math.round(performance.now()) };
}
