import { describe, expect, it } from 'vitest';
import { equalSecrets } from '../../../src/secrets/equal-secrets.ts';
import { generatePassword } from '../../../src/secrets/generate-password.ts';
import { maskSecret, maskSetting, maskUrl } from '../../../src/secrets/mask-secrets.ts';

describe('comparing secrets', () => {
  it('finds equal only what is the same, also of other lengths and alphabets', () => {
    expect(equalSecrets('tökén', 'tökén')).toBe(true);
    expect(equalSecrets('', '')).toBe(true);
    for (const [given, expected] of [
      ['a', 'b'],
      ['a', 'aa'],
      ['', 'a'],
      ['ä', 'a'],
    ] as const) {
      expect(equalSecrets(given, expected)).toBe(false);
    }
  });
});

describe('generated passwords', () => {
  it('stand unescaped in a URL, a shell line and YAML, and do not repeat', () => {
    const many = Array.from({ length: 500 }, () => generatePassword());
    expect(many.every((password) => /^[A-Za-z0-9]{32}$/.test(password))).toBe(true);
    expect(new Set(many).size).toBe(many.length);
  });

  it('are never shorter than 24', () => {
    expect(generatePassword(24)).toHaveLength(24);
    expect(() => generatePassword(23)).toThrow(RangeError);
  });
});

describe('masking', () => {
  it('shows not even the length of a secret, but that there is none', () => {
    expect(maskSecret('a')).toBe(maskSecret('a much longer one'));
    expect(maskSecret('')).toBe('');
  });

  it('keeps what helps of a URL and hides its password and its signature', () => {
    const shown = maskUrl('postgres://toygres:open%20sesame@db.example:5432/cms?sslmode=require');
    expect(shown).toBe('postgres://toygres:********@db.example:5432/cms?sslmode=require');
    expect(maskUrl('https://a.blob.core.windows.net/images?sv=1&sig=abc%2F')).not.toContain('abc');
    expect(maskUrl('not a url')).toBe('********');
  });

  it.each([
    ['TOYGRES_ENCRYPTION_KEY', 'AAAA'],
    ['TOYGRES_ADMIN_PASSWORD', 'x'],
    ['TOYGRES_API_TOKEN', 'x'],
    ['AZURE_STORAGE_CONNECTION_STRING', 'AccountKey=abc'],
  ])('hides %s whole', (name, value) => {
    expect(maskSetting(name, value)).toBe('********');
  });

  it('shows a setting that is none', () => {
    expect(maskSetting('PORT', '8080')).toBe('8080');
    expect(maskSetting('DATABASE_URL', 'postgres://u:p@h/d')).toBe('postgres://u:********@h/d');
  });
});
