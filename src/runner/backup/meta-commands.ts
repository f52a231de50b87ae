/** Where a text of SQL stands: between statements, or inside of a quote that ends with this. */
type Inside = '' | "'" | 'E' | '"' | '--';

const RESTRICT = /^\\restrict [A-Za-z0-9]+$/;
const UNRESTRICT = /^\\unrestrict [A-Za-z0-9]+$/;

/**
 * The first line of pg_dumpall's text that holds a command of psql: a backslash outside of quotes and comments. Its own pair
 * of \restrict and \unrestrict with the same key is none. Also a line in which a quote is never closed. Null: there is none.
 *
 * A server's superuser can make pg_dumpall write what it likes; what is restored later is read by no psql that obeys.
 */
export function findMetaCommand(text: string): number | null {
  let inside: Inside = '';
  let [number, opened] = [0, 0];
  let key: string | null = null;
  for (const line of text.split('\n')) {
    number += 1;
    if (inside === '' && (RESTRICT.test(line) || UNRESTRICT.test(line))) {
      const [, given = ''] = line.split(' ');
      if (RESTRICT.test(line) ? key !== null : key !== given) return number;
      key = given;
      continue;
    }
    const after = walk(line, inside);
    if (after === null) return number;
    if (inside === '' && after !== '') opened = number;
    inside = after;
  }
  return inside === '' ? null : opened;
}

/** Where the text stands after the line; null where a backslash stands outside. */
function walk(line: string, begun: Inside): Inside | null {
  let inside = begun;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (inside === '') {
      if (letter === '\\') return null;
      if (letter === '-' && line[at + 1] === '-') return '';
      if (letter === '"') inside = '"';
      else if (letter === "'") inside = /(^|[^A-Za-z0-9_$])[eE]$/.test(line.slice(0, at)) ? 'E' : "'";
      // Statements of pg_dumpall hold neither: what would follow is read in two ways.
      else if (letter === '$' || (letter === '/' && line[at + 1] === '*')) return null;
    } else if (inside === 'E' && letter === '\\') {
      at += 1;
    } else if (letter === (inside === 'E' ? "'" : inside)) {
      // A doubled quote opens again at once.
      inside = '';
    }
  }
  return inside;
}
