import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  compareWithStore,
  describeFile,
  findChecksums,
  listParameters,
  parseChecksums,
  refuseDifferences,
} from '../../../jobs/images/checksums.ts';

const MD5 = 'a'.repeat(32);
const SHA = 'b'.repeat(64);
const line = (name: string, size = '7', md5 = MD5, sha = SHA) => `${size}\t${md5}\t${sha}\t${name}\n`;
const parse = (text: string) => parseChecksums(Buffer.from(text));
const file = (name: string, changes = {}) => ({ name, sizeBytes: 7, md5: MD5, sha256: SHA, ...changes });

describe('the list of checksums', () => {
  it('is one file a line', () => {
    expect(parse(line('server.json', '0') + line('databases/5/3371.dat.gz', '9007199254740991'))).toEqual([
      file('server.json', { sizeBytes: 0 }),
      file('databases/5/3371.dat.gz', { sizeBytes: 9007199254740991 }),
    ]);
  });

  it.each([
    ['has no end', line('a').slice(0, -1)],
    ['is empty', ''],
    ['has an empty line', `${line('a')}\n`],
    ['repeats a file', line('a') + line('a')],
    ['has a size that is none', line('a', '-1')],
    ['has a size that is no whole number', line('a', '1.5')],
    ['has a size beyond what numbers hold', line('a', '90071992547409930')],
    ['has a short MD5', line('a', '7', 'abc')],
    ['has an MD5 in capitals', line('a', '7', MD5.toUpperCase())],
    ['has a field too many', line('a\tb')],
    ['leaves the prefix', line('../other/manifest.json')],
    ['begins at the root', line('/etc/passwd')],
    ['has an empty part', line('a//b')],
    ['has a sign that no script writes', line('a b')],
    ['has no name', line('')],
  ])('is refused when it %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'STEP_FAILED' }));
  });

  it('describes itself by its content', () => {
    const content = Buffer.from(line('a'));
    expect(describeFile('checksums.tsv', content)).toEqual({
      name: 'checksums.tsv',
      sizeBytes: content.length,
      md5: createHash('md5').update(content).digest('hex'),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  });
});

describe('comparing with the store', () => {
  const expected = [file('a'), file('b'), file('c')];
  const none = { missing: [], extra: [], changed: [] };

  it('looks at one attempt alone, and at nothing of the control plane', () => {
    const manifest = file('manifest.json');
    const stored = [...expected, file('attempt-1.2/a'), file('attempt-1.2/guest'), manifest];
    expect(compareWithStore(expected, stored)).toEqual(none);
    expect(compareWithStore([file('attempt-1.2/a')], stored)).toEqual({ ...none, extra: ['attempt-1.2/guest'] });
    // Only what attempts are given counts as theirs.
    expect(compareWithStore(expected, [...stored, file('attempt-1/x')])).toEqual({ ...none, extra: ['attempt-1/x'] });
  });

  it('knows the list of an attempt by its name', () => {
    const files = [file('attempt-1.2/a'), file('attempt-1.2/checksums.tsv')];
    expect(findChecksums({ encryption: null, files })).toEqual(files[1]);
    expect(listParameters({ encryption: null, files })).toEqual({
      TOYGRES_CHECKSUMS_SHA256: SHA,
      TOYGRES_CHECKSUMS_BYTES: '7',
      TOYGRES_IMAGE_DIRECTORY: 'attempt-1.2/',
    });
    expect(findChecksums({ encryption: null, files: [file('elsewhere/checksums.tsv')] })).toBeUndefined();
  });

  it('finds nothing when every size and MD5 is there, in whatever order', () => {
    expect(compareWithStore(expected, [file('c'), file('a'), file('b')])).toEqual(none);
    expect(() => refuseDifferences('x', none)).not.toThrow();
  });

  it('finds what is missing, what does not belong there, and what is another size or MD5', () => {
    const found = compareWithStore(expected, [
      file('a', { sizeBytes: 6 }),
      file('b', { md5: 'c'.repeat(32) }),
      file('z'),
    ]);
    expect(found).toEqual({
      missing: ['c'],
      extra: ['z'],
      changed: ['a has 6 bytes instead of 7', 'b has another MD5 than what was written'],
    });
  });

  it('takes no file for good of which the store holds no MD5', () => {
    expect(compareWithStore([file('a')], [file('a', { md5: null })]).changed).toEqual(['a has no MD5 in the store']);
  });

  it('names the first files and counts the others', () => {
    const missing = Array.from({ length: 8 }, (_, at) => `f${at}`);
    expect(() => refuseDifferences('The store is wrong', { ...none, missing })).toThrow(
      'The store is wrong: f0 is missing; f1 is missing; f2 is missing; f3 is missing; f4 is missing; and 3 more.',
    );
  });
});
