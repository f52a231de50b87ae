/** Texts that have broken shells, YAML, SQL, JSON, C strings and Unicode handling before. None of them is a name. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  'Orders',
  'ORDERS',
  '-orders',
  'orders-',
  '9orders',
  'or ders',
  'orders\n',
  '\norders',
  'orders\r\nX-Header: 1',
  'orders\0',
  'orders\u0085',
  'ordérs',
  'оrders', // the first letter is Cyrillic
  'orders\u200b',
  '\u202eorders',
  'orders🐘',
  'o\ud800',
  'orders_1',
  'orders.1',
  "orders'; DROP TABLE x; --",
  '"we ird"; drop',
  '$(reboot)',
  '`reboot`',
  'orders; rm -rf /',
  'orders|cat',
  '../orders',
  '/etc/passwd',
  '{{ orders }}',
  'orders: &a [*a]',
  '!!python/object',
  '%00',
  '__proto__',
  'orders\\',
  '<script>',
];

/** A generator of numbers in [0, 1) that gives the same ones in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** So many texts of up to `maxLength` characters from the alphabet. */
export function randomTexts(alphabet: string, maxLength: number, count: number, seed = 1): readonly string[] {
  const random = seededRandom(seed);
  const characters = [...alphabet];
  return Array.from({ length: count }, () =>
    Array.from(
      { length: Math.floor(random() * (maxLength + 1)) },
      () => characters[Math.floor(random() * characters.length)] ?? '',
    ).join(''),
  );
}
