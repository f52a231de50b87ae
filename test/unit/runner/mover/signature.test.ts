import { expect, test } from 'vitest';
import { parseSignature, signatureOf } from '../../../../src/runner/mover/signature.ts';

test('a signature is for all files, or one for each', () => {
  const all = parseSignature('?sv=1&sig=x');
  expect([signatureOf(all, 'a'), signatureOf(all, 'b/c')]).toEqual(['sv=1&sig=x', 'sv=1&sig=x']);
  const each = parseSignature('{"a":"sig=1","__proto__":"sig=2"}');
  expect(signatureOf(each, 'a')).toBe('sig=1');
  for (const name of ['b', 'toString', 'constructor']) {
    expect(() => signatureOf(each, name)).toThrow(`the job has no leave to read ${name}`);
  }
});

test('what is neither is refused without being said', () => {
  for (const text of ['{"a":1}', '{"a":"sig=secret"']) {
    expect(() => parseSignature(text)).toThrow();
    try {
      parseSignature(text);
    } catch (error) {
      expect(String(error)).not.toContain('secret');
    }
  }
});
