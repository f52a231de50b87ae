/** Control characters, ends of lines, and what turns the order of a line round: see Unicode's UTR 36, "bidirectional text spoofing". */
const ACTS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** The same but for what a text of several lines, and with colours of ours, is made of. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const ACTS_IN_TEXT = /\x1b\[\d{1,2}m|[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const codeOf = (character: string, digits: number) => character.charCodeAt(0).toString(16).padStart(digits, '0');
const shown = (character: string) => (character > '\xff' ? `\\u${codeOf(character, 4)}` : `\\x${codeOf(character, 2)}`);

/** What a name or a message of a stranger would do to the terminal is shown instead. The text is one line afterwards. */
export function harmless(text: string): string {
  return text.replace(ACTS, shown);
}

/** The same for all that is written to a terminal at once: its lines and its colours stay. */
export function harmlessLines(text: string): string {
  return text.replace(ACTS_IN_TEXT, (found) => (found === '\n' || found.length > 1 ? found : shown(found)));
}

/** JSON that means the same, and does nothing to the terminal: it has these characters in its texts alone. */
export function harmlessJson(json: string): string {
  return json.replace(ACTS_IN_TEXT, (found) => (found === '\n' ? found : `\\u${codeOf(found, 4)}`));
}
