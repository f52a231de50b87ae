/** A text of SQL that cannot be cut into statements, or that holds what only psql would understand. */
export class StatementError extends Error {
  override readonly name = 'StatementError';

  constructor(
    message: string,
    readonly line: number,
  ) {
    super(`${message} (line ${line})`);
  }
}

/** A statement without the semicolon at its end, and the line on which it begins. */
export interface Statement {
  readonly text: string;
  readonly line: number;
}

// In the order in which they are tried. Quoted texts may hold any byte, line breaks too.
const TOKEN =
  /(?<blank>\s+|--[^\n]*(?:\n|$))|(?<open>\/\*)|(?<escaped>[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*')|(?<quoted>'[^']*(?:''[^']*)*')|(?<named>"[^"]*(?:""[^"]*)*")|(?<dollar>\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$)|(?<word>[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*|[0-9]+)|(?<end>;)|(?<meta>\\)|(?<broken>['"])|(?<other>[\s\S])/y;

/**
 * Cuts statements apart, with standard_conforming_strings on. Nothing is run and nothing is replaced: what psql would take
 * for a command of its own is an error, but for the pair `\restrict` and `\unrestrict` that pg_dumpall writes. Bodies of
 * functions stay whole, those without quotes (BEGIN ATOMIC) too.
 */
export function splitStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let at = 0;
  let from = -1;
  let line = 1;
  let countedTo = 0;
  let atomic = 0;
  let before = '';
  const lineOf = (position: number) => {
    for (
      let next = text.indexOf('\n', countedTo);
      next !== -1 && next < position;
      next = text.indexOf('\n', countedTo)
    ) {
      line += 1;
      countedTo = next + 1;
    }
    return line;
  };
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups ?? {};
    const begin = at;
    at = TOKEN.lastIndex;
    if (groups.blank !== undefined) continue;
    if (groups.open !== undefined) {
      at = skipComment(text, begin, () => lineOf(begin));
      continue;
    }
    if (groups.meta !== undefined) {
      const command = /\\(?:un)?restrict [A-Za-z0-9]+(?:\n|$)/y;
      command.lastIndex = begin;
      const isAtLineStart = begin === 0 || text[begin - 1] === '\n';
      if (from !== -1 || !isAtLineStart || !command.test(text)) {
        throw new StatementError('a command of psql where SQL must be', lineOf(begin));
      }
      at = command.lastIndex;
      continue;
    }
    if (groups.broken !== undefined) throw new StatementError('a quote that does not end', lineOf(begin));
    if (groups.end !== undefined && atomic === 0) {
      if (from !== -1) statements.push({ text: text.slice(from, begin), line: lineOf(from) });
      from = -1;
      before = '';
      continue;
    }
    if (from === -1) from = begin;
    if (groups.dollar !== undefined) {
      const close = text.indexOf(groups.dollar, at);
      if (close === -1) throw new StatementError('a quote that does not end', lineOf(begin));
      at = close + groups.dollar.length;
    }
    const word = groups.word?.toUpperCase() ?? '';
    if (word === 'ATOMIC' && before === 'BEGIN') atomic = 1;
    else if (atomic > 0 && (word === 'CASE' || word === 'BEGIN')) atomic += 1;
    else if (atomic > 0 && word === 'END') atomic -= 1;
    before = word;
  }
  if (from !== -1) throw new StatementError('a statement that does not end', lineOf(from));
  return statements;
}

/** Comments nest. */
function skipComment(text: string, begin: number, lineOf: () => number): number {
  const MARK = /\/\*|\*\//g;
  MARK.lastIndex = begin;
  let depth = 0;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return MARK.lastIndex;
  }
  throw new StatementError('a comment that does not end', lineOf());
}
