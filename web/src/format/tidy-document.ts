/** A GraphQL document as people write it: what stands in braces further in, a line free between its parts. */
export function tidyDocument(document: string): string {
  let depth = 0;
  const lines: string[] = [];
  for (const line of document
    .trim()
    .split('\n')
    .map((one) => one.trim())) {
    if (/^[})\]]/.test(line)) depth--;
    else if (depth === 0 && lines.length > 0 && lines.at(-1) !== '') lines.push('');
    lines.push('  '.repeat(depth) + line);
    if (/[{([]$/.test(line)) depth++;
  }
  return lines.join('\n');
}
