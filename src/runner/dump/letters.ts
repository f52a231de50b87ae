/** Bytes from the first to the second. */
type Range = readonly [number, number];
/** A letter of several bytes: what it may begin with, and what the others may be. */
type Letter = readonly [Range, ...Range[]];

const G: Range = [0xa1, 0xfe];
const HIGH: Range = [0x80, 0xff];
const JAPANESE: readonly Letter[] = [
  [
    [0x8e, 0x8e],
    [0xa1, 0xdf],
  ],
  [[0x8f, 0x8f], G, G],
  [G, G],
];

/**
 * Letters of the encodings of several bytes that a server can have beside UTF8, as the server looks at them. In the others every
 * byte is a letter.
 */
const LETTERS: Readonly<Record<string, readonly Letter[]>> = {
  EUC_JP: JAPANESE,
  EUC_JIS_2004: JAPANESE,
  EUC_KR: [[G, G]],
  EUC_CN: [[G, G]],
  EUC_TW: [
    [[0x8e, 0x8e], [0xa1, 0xa7], G, G],
    [[0x80, 0x8d], G],
    [[0x90, 0xff], G],
  ],
  MULE_INTERNAL: [
    [[0x81, 0x8d], HIGH],
    [[0x90, 0x99], HIGH, HIGH],
    [[0x9a, 0x9b], HIGH, HIGH],
    [[0x9c, 0x9d], HIGH, HIGH, HIGH],
    ...[0x80, 0x8e, 0x8f].map((byte): Letter => [[byte, byte]]),
    [[0x9e, 0xff]],
  ],
};

/** Whether rows of such an encoding are looked at letter by letter. */
export function hasLetters(encoding: string): boolean {
  return Object.hasOwn(LETTERS, encoding);
}

/** Where the first begins that is no letter of the encoding; null where all are. */
export async function findNoLetter(chunks: AsyncIterable<Buffer>, encoding: string): Promise<number | null> {
  const byLead: (Letter | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
    (LETTERS[encoding] ?? []).find(([[from, to]]) => byte >= from && byte <= to),
  );
  let [before, begun, nth] = [0, 0, 0];
  let letter: Letter | undefined;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (letter === undefined) {
        if (byte < 0x80) continue;
        letter = byLead[byte];
        begun = before + at;
        nth = 1;
        if (letter === undefined) return begun;
      } else {
        const [from, to] = letter[nth] ?? [0, 0];
        if (byte < from || byte > to) return begun;
        nth += 1;
      }
      if (nth === letter.length) letter = undefined;
    }
    before += chunk.length;
  }
  return letter === undefined ? null : begun;
}
