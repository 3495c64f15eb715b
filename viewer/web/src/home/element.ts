// Elements, made in one expression.

type Child = Node | string | null | undefined;

/** An element with properties and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name, properties: Partial<Omit<HTMLElementTagNameMap[Name], 'dataset'>> = {}, ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A row with a name, which is that of its control for those who do not see it. */
export function row(name: string, control: HTMLElement): HTMLElement {
  control.ariaLabel = name;
  return element('div', { className: 'row' }, element('label', {}, name), control);
}

/** A table row of texts; numbers lie right. */
export function line(...cells: (string | number)[]): HTMLTableRowElement {
  return element('tr', {}, ...cells.map((cell) => element('td', { className: typeof cell === 'number' ? 'n' : '' }, String(cell))));
}

/** The element of the page with an id. */
export function at<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as Kind;
}
