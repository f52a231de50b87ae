/**
 * A text in lines of at most `width` cells, as far as its words let it, each but the first behind `indent` spaces. `width`
 * null: one line, for who reads a pipe.
 */
export function wrapText(text: string, width: number | null, indent: number): string {
  if (width === null) return text;
  const lines: string[] = [];
  const [first = '', ...words] = text.trimStart().split(' ');
  let line = text.slice(0, text.length - text.trimStart().length) + first;
  for (const word of words) {
    if (line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
