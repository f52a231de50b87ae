/**
 * A message as a sentence of its own: most of what failed begins as a part of one, after a colon. A first word that is not
 * of small letters alone is a name, and stays; so does the end of a statement.
 */
export function asSentence(message: string): string {
  const begun = message.replace(/^[a-z]+(?=[\s,:;])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.!?…:;]["')”]?$/.test(begun.trimEnd()) ? begun : `${begun}.`;
}
