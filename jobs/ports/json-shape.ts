const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const OPENING = new Set([...'[{'].map((letter) => letter.charCodeAt(0)));
const CLOSING = new Set([...']}'].map((letter) => letter.charCodeAt(0)));

export interface JsonShape {
  /** How deep values may lie in each other. */
  readonly mostDepth: number;
  /** How many values there may be whatever their size, and for how many bytes one more. */
  readonly fewValues: number;
  readonly bytesAValue: number;
}

/**
 * Whether JSON of somebody else may be parsed: a value takes some dozens of bytes of memory however short it is, and many times the
 * time, so that some megabytes of brackets would end a process. It is walked through once and nothing of it is kept.
 */
export function isBearable(json: Uint8Array | string, { mostDepth, fewValues, bytesAValue }: JsonShape): boolean {
  const mostValues = fewValues + json.length / bytesAValue;
  let [depth, values, inText] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const byte = typeof json === 'string' ? json.charCodeAt(at) : (json[at] ?? 0);
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) {
      inText = true;
    } else if (byte === COMMA) {
      values += 1;
    } else if (OPENING.has(byte)) {
      depth += 1;
      values += 1;
      if (depth > mostDepth) return false;
    } else if (CLOSING.has(byte)) {
      depth -= 1;
    }
    if (values > mostValues) return false;
  }
  return true;
}
