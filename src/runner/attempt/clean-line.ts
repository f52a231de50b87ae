const LONGEST = 2_000;

/** The text as one line of at most 2,000 characters without control characters or halves of characters. */
export function cleanLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  const line = text.slice(0, LONGEST).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return line.toWellFormed();
}
