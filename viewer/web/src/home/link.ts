// The address of what is seen: the world in its query, the view in its fragment, so that it can be shared.

export interface View {
  /** `x,y,z,heading,pitch`. */
  camera?: string;
  hour?: number;
  colors?: string;
  mode?: string;
}

/** The view of an address's fragment. */
export function read(hash: string): View {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const view: View = {};
  const [camera, hour, colors, mode] = ['camera', 'hour', 'colors', 'mode'].map((name) => fields.get(name));
  if (camera) view.camera = camera;
  if (hour && Number.isFinite(Number(hour))) view.hour = Number(hour);
  if (colors) view.colors = colors;
  if (mode) view.mode = mode;
  return view;
}

/** The fragment of a view. */
export function write({ camera, hour, colors, mode }: View): string {
  const fields = [`camera=${camera ?? ''}`];
  if (hour !== undefined && hour !== 15) fields.push(`hour=${hour}`);
  if (colors && colors !== 'own') fields.push(`colors=${colors}`);
  if (mode && mode !== 'orbit') fields.push(`mode=${mode}`);
  return `#${fields.join('&')}`;
}
