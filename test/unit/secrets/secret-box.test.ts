import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../src/secrets/secret-box.ts';
import { keyId, parseSecretKey } from '../../../src/secrets/secret-key.ts';

const newKey = () => parseSecretKey(randomBytes(32).toString('base64'));

describe('secret box', () => {
  it('gives back what it was given, whatever characters that has', () => {
    const box = createSecretBox({ keys: [newKey()] });
    for (const plain of ['', 'simple', `'"\\$() \n\u0000 ü 🐘`, 'x'.repeat(10_000)]) {
      expect(box.decrypt(box.encrypt(plain, 'owner'), 'owner')).toBe(plain);
    }
  });

  it('never gives the same value twice and shows nothing of the plain text', () => {
    const box = createSecretBox({ keys: [newKey()] });
    const [one, two] = [box.encrypt('open sesame', 'owner'), box.encrypt('open sesame', 'owner')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('sesame');
  });

  it('does not open a value in the place of another owner', () => {
    const box = createSecretBox({ keys: [newKey()] });
    expect(() => box.decrypt(box.encrypt('x', 'instance-1'), 'instance-2')).toThrow(
      expect.objectContaining({ code: 'STEP_FAILED' }),
    );
  });

  it('refuses a value with any one character changed, cut or added', () => {
    const box = createSecretBox({ keys: [newKey()] });
    const value = box.encrypt('a password', 'owner');
    for (let at = 0; at < value.length; at += 1) {
      const other = value[at] === 'A' ? 'B' : 'A';
      const changed = value.slice(0, at) + other + value.slice(at + 1);
      expect(() => box.decrypt(changed, 'owner'), `character ${at}`).toThrow();
      expect(() => box.decrypt(value.slice(0, at), 'owner'), `cut at ${at}`).toThrow();
    }
    expect(() => box.decrypt(`${value}A`, 'owner')).toThrow();
    expect(() => box.decrypt(`${value}.A`, 'owner')).toThrow();
  });

  it('opens what an older key protected and protects what is new with the first key', () => {
    const [older, newer] = [newKey(), newKey()];
    const before = createSecretBox({ keys: [older] }).encrypt('kept', 'owner');
    const rotated = createSecretBox({ keys: [newer, older] });
    expect(rotated.decrypt(before, 'owner')).toBe('kept');
    expect(rotated.keyIdOf(before)).toBe(older.id);
    expect(rotated.keyIdOf(rotated.encrypt('kept', 'owner'))).toBe(newer.id);
    expect(rotated.primaryKeyId).toBe(newer.id);
  });

  it('names the key that is missing, as something that can be mended', () => {
    const [one, other] = [newKey(), newKey()];
    const value = createSecretBox({ keys: [one] }).encrypt('x', 'owner');
    expect(() => createSecretBox({ keys: [other] }).decrypt(value, 'owner')).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(one.id) }),
    );
  });

  it('does without no key', () => {
    expect(() => createSecretBox({ keys: [] })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('keyed digest', () => {
  it('is the same for the same text and purpose, and another for anything else', () => {
    const box = createSecretBox({ keys: [newKey()] });
    const digest = box.digest('text', 'idempotency');
    expect(box.digest('text', 'idempotency')).toBe(digest);
    expect(box.digest('text', 'manifest')).not.toBe(digest);
    expect(box.digest('text2', 'idempotency')).not.toBe(digest);
    expect(createSecretBox({ keys: [newKey()] }).digest('text', 'idempotency')).not.toBe(digest);
  });

  it('is recognized after the key was rotated, and not after it was altered', () => {
    const [older, newer] = [newKey(), newKey()];
    const digest = createSecretBox({ keys: [older] }).digest('text', 'idempotency');
    const rotated = createSecretBox({ keys: [newer, older] });
    expect(rotated.matchesDigest('text', 'idempotency', digest)).toBe(true);
    expect(rotated.matchesDigest('other', 'idempotency', digest)).toBe(false);
    expect(rotated.matchesDigest('text', 'idempotency', `${digest.slice(0, -1)}x`)).toBe(false);
    for (const nonsense of ['', '.', 'x', `${newer.id}.`]) {
      expect(rotated.matchesDigest('text', 'idempotency', nonsense)).toBe(false);
    }
  });
});

describe('secret key', () => {
  it('is 32 bytes of base64 with or without padding, and its id comes from nothing but the key', () => {
    const bytes = randomBytes(32);
    const padded = bytes.toString('base64');
    expect(parseSecretKey(padded)).toEqual(parseSecretKey(padded.replace(/=+$/, '')));
    expect(parseSecretKey(`${padded}\n`).id).toBe(keyId(bytes));
  });

  it.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(33).toString('base64'), '*'.repeat(43)])(
    'refuses %j without repeating it',
    (text) => {
      expect(() => parseSecretKey(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('32 bytes in base64') }),
      );
    },
  );
});
