import { invalidInput } from '../errors.ts';

const CONTROL_CHARACTER = /\p{Cc}/u;
const CONTROL_CHARACTER_OF_NO_LINE = /(?![\t\n\r])\p{Cc}/u;

/** What is required of a text. */
export interface TextRule {
  /** What the text is called in messages, `'password'`. */
  readonly noun: string;
  readonly minCharacters: number;
  readonly maxCharacters: number;
  /** True for a text of several lines: tabs and line ends are no control characters in it. */
  readonly lines?: boolean;
}

/**
 * Requires a length in characters (code points, as a person counts them) and text that survives being stored and typed.
 *
 * Control characters are refused since PostgreSQL cannot store NUL and no prompt takes a newline; half of a surrogate
 * pair, since UTF-8 has no form for it and another text would be stored. The message never holds the text.
 */
export function checkText(field: string, text: string, rule: TextRule): void {
  const { noun, minCharacters, maxCharacters } = rule;
  // A text is never longer in characters than in code units, nor shorter than half of them: no need to count a huge one.
  const characters = text.length > 2 * maxCharacters ? text.length : [...text].length;
  if (characters < minCharacters || characters > maxCharacters) {
    const range = minCharacters === 0 ? `at most ${maxCharacters}` : `${minCharacters} to ${maxCharacters}`;
    const remedy = characters < minCharacters ? 'choose a longer one' : 'shorten it';
    throw invalidInput(field, 'length', `The ${noun} must have ${range} characters: ${remedy}.`);
  }
  if ((rule.lines ? CONTROL_CHARACTER_OF_NO_LINE : CONTROL_CHARACTER).test(text)) {
    throw invalidInput(field, 'noControlCharacters', `The ${noun} must not hold control characters: remove them.`);
  }
  if (!text.isWellFormed()) {
    throw invalidInput(field, 'wellFormed', `The ${noun} holds half of a surrogate pair: send well-formed Unicode.`);
  }
}
