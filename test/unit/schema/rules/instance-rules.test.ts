import { describe, expect, it } from 'vitest';
import {
  type CreateInstanceForm,
  checkCreateInstance,
  checkUpdateInstance,
} from '../../../../schema/rules/instance-rules.ts';
import { randomTexts } from '../../../support/hostile-texts.ts';
import { brokenRule, refusal } from './broken-rule.ts';

const create = (input: Partial<CreateInstanceForm>) =>
  brokenRule(() => checkCreateInstance({ name: 'orders', ...input }));

describe('createInstance', () => {
  it('needs nothing but a name, and takes null for left out', () => {
    expect(create({})).toBeNull();
    expect(
      create({
        password: null,
        postgresVersion: null,
        storageGib: null,
        exposure: null,
        dnsLabel: null,
        namespace: null,
        labels: null,
        idempotencyKey: null,
      }),
    ).toBeNull();
  });

  it('takes any printable password of 12 to 128 characters, quotes, blanks and all', () => {
    for (const password of [
      `'"\\$(reboot)\`;--`,
      '            ',
      'пароль-пароль',
      '🐘'.repeat(12),
      '🐘'.repeat(128),
      'p'.repeat(128),
    ]) {
      expect(create({ password }), password).toBeNull();
    }
  });

  it.each([
    ['', 'password: length'],
    ['p'.repeat(11), 'password: length'],
    ['p'.repeat(129), 'password: length'],
    ['🐘'.repeat(11), 'password: length'],
    ['🐘'.repeat(129), 'password: length'],
    ['p'.repeat(10_240), 'password: length'],
    ['twelve chars\n', 'password: noControlCharacters'],
    ['twelve\0chars!', 'password: noControlCharacters'],
    ['twelve\u009bchars!', 'password: noControlCharacters'],
    ['twelve\tchars!', 'password: noControlCharacters'],
    ['twelve chars\ud83d', 'password: wellFormed'],
  ])('refuses the password %j with %s', (password, rule) => {
    expect(create({ password })).toBe(rule);
  });

  it('takes any password with a restore, which ignores it', () => {
    const sourceImageId = '0190a0b0-0000-7000-8000-00000000000f';
    expect(create({ password: 'short', sourceImageId })).toBeNull();
    expect(create({ password: 'short', sourceImageId: null })).toBe('password: length');
  });

  it('never repeats a refused password', () => {
    for (const password of randomTexts('abc\0\n\u0007"\'', 200, 500)) {
      const input = { name: 'orders', password };
      if (password.length > 2 && brokenRule(() => checkCreateInstance(input)) !== null) {
        expect(refusal(() => checkCreateInstance(input))).not.toContain(password);
      }
    }
  });

  it('knows the majors 15 to 18, as texts and nothing else', () => {
    for (const version of ['15', '16', '17', '18']) expect(create({ postgresVersion: version })).toBeNull();
    for (const version of ['14', '19', '17.2', ' 17', '17\n', 'v17', 'latest', '', '017', '1e1']) {
      expect(create({ postgresVersion: version }), version).toBe('postgresVersion: knownVersion');
    }
  });

  it('lists the known majors to who asks for another', () => {
    expect(refusal(() => checkCreateInstance({ name: 'orders', postgresVersion: '14' }))).toContain('18, 17, 16, 15');
  });

  it('takes 1 to 16384 whole GiB', () => {
    for (const storageGib of [1, 2, 16_384]) expect(create({ storageGib })).toBeNull();
    for (const storageGib of [0, -1, 16_385, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(create({ storageGib })).toBe('storageGib: range');
    }
  });

  it('takes a DNS label with PUBLIC alone', () => {
    expect(create({ dnsLabel: 'orders', exposure: 'PUBLIC' })).toBeNull();
    expect(create({ dnsLabel: 'orders' })).toBe('dnsLabel: onlyPublic');
    expect(create({ dnsLabel: 'orders', exposure: 'INTERNAL' })).toBe('dnsLabel: onlyPublic');
    expect(create({ exposure: 'PUBLIC' })).toBeNull();
  });

  it('takes a DNS label of 3 to 63 characters in the form of one', () => {
    for (const dnsLabel of ['abc', 'a-b', `a${'b'.repeat(62)}`]) {
      expect(create({ dnsLabel, exposure: 'PUBLIC' })).toBeNull();
    }
    for (const dnsLabel of ['', 'ab', `a${'b'.repeat(63)}`, 'Abc', '1bc', '-bc', 'ab-', 'a.b', 'a_b', 'abc\n', 'äbc']) {
      expect(create({ dnsLabel, exposure: 'PUBLIC' }), dnsLabel).toBe('dnsLabel: pattern');
    }
  });

  it('takes what decides on durable functions with an image alone', () => {
    const sourceImageId = '0190a0b0-0000-7000-8000-00000000000f';
    for (const durableFunctions of ['RESUME', 'CANCEL'] as const) {
      expect(create({ durableFunctions, sourceImageId })).toBeNull();
      expect(create({ durableFunctions })).toBe('durableFunctions: onlyRestore');
    }
    expect(create({ allowExtensionUpgrade: true, sourceImageId })).toBeNull();
    expect(create({ allowExtensionUpgrade: true })).toBe('allowExtensionUpgrade: onlyRestore');
    expect(create({ allowExtensionUpgrade: false, durableFunctions: null })).toBeNull();
  });

  it('takes what a restore may lose, holds and takes along with an image alone, and databases once each', () => {
    const sourceImageId = '0190a0b0-0000-7000-8000-00000000000f';
    for (const [field, value] of Object.entries({ acceptLoss: 'ROWS', backgroundWork: 'HOLD', databases: ['shop'] })) {
      expect(create({ [field]: value, sourceImageId })).toBeNull();
      expect(create({ [field]: value })).toBe(`${field}: onlyRestore`);
      expect(create({ [field]: null })).toBeNull();
    }
    for (const databases of [[], ['shop', 'shop'], Array.from({ length: 1_001 }, (_, index) => `d${index}`)]) {
      expect(create({ databases, sourceImageId })).toBe('databases: names');
    }
  });

  it('refuses a namespace that can be none', () => {
    expect(create({ namespace: 'toygres-managed' })).toBeNull();
    for (const namespace of ['', 'A', 'a/b', '../a', 'a\n', 'a'.repeat(64)]) {
      expect(create({ namespace }), namespace).toBe('namespace: pattern');
    }
  });

  it('takes an idempotency key of 1 to 255 printable characters', () => {
    for (const idempotencyKey of ['k', 'k'.repeat(255), 'ключ 1']) expect(create({ idempotencyKey })).toBeNull();
    expect(create({ idempotencyKey: '' })).toBe('idempotencyKey: length');
    expect(create({ idempotencyKey: 'k'.repeat(256) })).toBe('idempotencyKey: length');
    expect(create({ idempotencyKey: 'k\0' })).toBe('idempotencyKey: noControlCharacters');
  });
});

describe('updateInstance', () => {
  it('checks what it is given as createInstance does', () => {
    expect(brokenRule(() => checkUpdateInstance({}))).toBeNull();
    expect(brokenRule(() => checkUpdateInstance({ labels: [] }))).toBeNull();
    expect(brokenRule(() => checkUpdateInstance({ storageGib: 0 }))).toBe('storageGib: range');
    expect(brokenRule(() => checkUpdateInstance({ labels: [{ key: '', value: '' }] }))).toBe('labels: labelKey');
    expect(brokenRule(() => checkUpdateInstance({ idempotencyKey: '' }))).toBe('idempotencyKey: length');
  });
});
