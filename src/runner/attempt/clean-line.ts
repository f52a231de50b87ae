const LONGEST = 2_000;

/** The text as one line of at most 2,000 characters without control characters or halves of characters. */
export function cleanLine(text: string): string {
  const line = text.slice(0, LONGEST).replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  return line.toWellFormed();
}
