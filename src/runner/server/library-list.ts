const ELEMENT = /^\s*("(?:[^"]|"")*"|[^,"]+)\s*(?:,|$)/;

/** The elements of a setting that is a list, as they are written in it, quotes included. */
export function splitList(value: string): string[] {
  const list: string[] = [];
  for (let rest = value; rest !== ''; ) {
    const [whole, element = ''] = ELEMENT.exec(rest) ?? [];
    if (whole === undefined) break;
    list.push(element.trim());
    rest = rest.slice(whole.length);
  }
  return list.filter((element) => element !== '');
}

/** The name that an element stands for. */
export function unquoteElement(element: string): string {
  return element.startsWith('"') ? element.slice(1, -1).replaceAll('""', '"') : element;
}
