import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareWithManifest, type SeenFiles } from '../../../../src/runner/physical/take/archive-check.ts';
import { parseBackupManifest } from '../../../../src/runner/physical/take/backup-manifest.ts';
import { checkLogSegments } from '../../../../src/runner/physical/take/log-segments.ts';

const SUM = 'ab'.repeat(32);
const FILES = [
  { Path: 'PG_VERSION', Size: 3, 'Checksum-Algorithm': 'SHA256', Checksum: SUM },
  { 'Encoded-Path': '66ff', Size: 0, 'Checksum-Algorithm': 'SHA256', Checksum: SUM.toUpperCase() },
];

/** As a server writes it: its own checksum covers all before its line. */
function manifestOf(files: readonly unknown[] = FILES, version = 1): Buffer {
  const head =
    `{ "PostgreSQL-Backup-Manifest-Version": ${version},\n"Files": ${JSON.stringify(files)},\n` +
    '"WAL-Ranges": [\n{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000138" }\n],\n';
  const checksum = createHash('sha256').update(head).digest('hex');
  return Buffer.from(`${head}"Manifest-Checksum": "${checksum}"}\n`);
}

describe("the server's own list of the files of a base backup", () => {
  test.each([1, 2])('of version %i is read, names by their bytes', (version) => {
    const { files, walRanges } = parseBackupManifest(manifestOf(FILES, version));
    expect([...files]).toEqual([
      ['PG_VERSION', { sizeBytes: 3, algorithm: 'SHA256', checksum: SUM }],
      ['f\xff', { sizeBytes: 0, algorithm: 'SHA256', checksum: SUM }],
    ]);
    expect(walRanges).toEqual([{ timeline: 1, startLsn: '0/2000028', endLsn: '0/2000138' }]);
  });

  test('is refused whatever byte of it was altered', () => {
    const whole = manifestOf();
    const end = whole.lastIndexOf('"Manifest-Checksum"');
    for (let at = 0; at < end; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => parseBackupManifest(altered), `byte ${at}`).toThrow(/manifest of the base backup/);
    }
  });

  test.each([
    ['is no JSON', Buffer.from('{')],
    ['is of a version that nobody knows', manifestOf(FILES, 9)],
    ['names a file twice', manifestOf([FILES[0], FILES[0]])],
    ['names a file without a path', manifestOf([{ Size: 1 }])],
  ])('is refused when it %s', (_, content) => {
    expect(() => parseBackupManifest(content)).toThrow(/manifest of the base backup/);
  });
});

describe('what passed is held against the list', () => {
  const manifest = parseBackupManifest(manifestOf([FILES[0]]));
  const seen = (entries: SeenFiles extends Map<infer K, infer V> ? readonly (readonly [K, V])[] : never): SeenFiles =>
    new Map(entries);
  const right = { sizeBytes: 3, checksum: SUM };

  test('and is right when all is there, and more of the log', () => {
    expect(() => compareWithManifest(manifest, seen([['PG_VERSION', right]]))).not.toThrow();
    const withHistory = seen([
      ['PG_VERSION', right],
      ['pg_wal/00000002.history', { sizeBytes: 1, checksum: SUM }],
    ]);
    expect(() => compareWithManifest(manifest, withHistory)).not.toThrow();
  });

  test.each([
    ['PG_VERSION is missing', seen([])],
    ['PG_VERSION has 2 bytes instead of 3', seen([['PG_VERSION', { ...right, sizeBytes: 2 }]])],
    ['PG_VERSION has another SHA-256', seen([['PG_VERSION', { ...right, checksum: 'cd'.repeat(32) }]])],
    [
      'evil is in no list',
      seen([
        ['PG_VERSION', right],
        ['evil', right],
      ]),
    ],
  ])('and refused: %s', (words, files) => {
    expect(() => compareWithManifest(manifest, files)).toThrow(words);
  });

  test('and refused when the server took no SHA-256', () => {
    const other = parseBackupManifest(manifestOf([{ ...FILES[0], 'Checksum-Algorithm': 'CRC32C' }]));
    expect(() => compareWithManifest(other, seen([['PG_VERSION', right]]))).toThrow('carries no SHA-256');
  });
});

describe('the log that makes a base backup consistent', () => {
  const SEGMENT = 16 << 20;
  const range = (startLsn: string, endLsn: string) => [{ timeline: 10, startLsn, endLsn }];

  test('is there when every segment from the start to the end is', () => {
    const segments = new Map([
      ['0000000A00000001000000FF', SEGMENT],
      ['0000000A0000000200000000', SEGMENT],
    ]);
    expect(() => checkLogSegments(range('1/FF000028', '2/10'), segments)).not.toThrow();
    expect(() => checkLogSegments(range('1/FF000028', '2/1000000'), segments)).not.toThrow();
    expect(() => checkLogSegments(range('1/FF000028', '2/1000001'), segments)).toThrow('0000000A0000000200000001');
  });

  test('is not there when a segment is cut, or nothing is', () => {
    const segments = new Map([
      ['0000000A0000000000000001', SEGMENT],
      ['0000000A0000000000000002', 100],
    ]);
    expect(() => checkLogSegments(range('0/1000028', '0/2000138'), segments)).toThrow('0000000A0000000000000002');
    expect(() => checkLogSegments(range('0/1000028', '0/2000138'), new Map())).toThrow('holds no log');
  });
});
