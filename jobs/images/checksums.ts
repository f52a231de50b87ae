import { createHash } from 'node:crypto';
import { AppError } from '../../schema/errors.ts';
import { directoryOf } from '../ports/attempt-directory.ts';
import type { StoredFile } from '../ports/image-store.ts';
import { type ImageManifest, ManifestFile } from '../ports/manifest.ts';

const MANIFEST_NAME = 'manifest.json';
/** The list of files that a backup job writes last; it does not list itself. */
export const CHECKSUMS_NAME = 'checksums.tsv';

/** The name of the list in the store: an encrypted image encrypts it as well. */
export function checksumsNameOf({ encryption }: Pick<ImageManifest, 'encryption'>): string {
  return encryption === null ? CHECKSUMS_NAME : `${CHECKSUMS_NAME}.age`;
}

/** The list among an image's files; undefined where the manifest does not have it. */
export function findChecksums(manifest: Pick<ImageManifest, 'encryption' | 'files'>): ManifestFile | undefined {
  const wanted = checksumsNameOf(manifest);
  return manifest.files.find(({ name }) => name.slice(directoryOf(name).length) === wanted);
}

/** How a job that reads an image finds its list, and knows that it is the one. */
export function listParameters(manifest: Pick<ImageManifest, 'encryption' | 'files'>): Record<string, string> {
  const list = findChecksums(manifest);
  return {
    TOYGRES_CHECKSUMS_SHA256: list?.sha256 ?? '',
    TOYGRES_CHECKSUMS_BYTES: String(list?.sizeBytes ?? 0),
    TOYGRES_IMAGE_DIRECTORY: directoryOf(list?.name ?? ''),
  };
}

/** Every file that a job reads of an image, as it is called in the store. */
export function namesOf({ files }: Pick<ImageManifest, 'files'>): readonly string[] {
  return files.map(({ name }) => name);
}

/**
 * Reads `size<TAB>md5<TAB>sha256<TAB>path` lines. Throws STEP_FAILED naming the line that is none, a path that leaves the
 * prefix, or one that comes twice.
 */
export function parseChecksums(content: Uint8Array): readonly ManifestFile[] {
  const text = new TextDecoder().decode(content);
  if (!text.endsWith('\n')) throw new AppError('STEP_FAILED', `${CHECKSUMS_NAME} is cut: its last line has no end.`);
  const seen = new Set<string>();
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, at) => {
      const file = parseLine(line);
      if (file === null || seen.has(file.name)) {
        throw new AppError('STEP_FAILED', `${CHECKSUMS_NAME} cannot be used: line ${at + 1} is malformed or repeated.`);
      }
      seen.add(file.name);
      return file;
    });
}

function parseLine(line: string): ManifestFile | null {
  const [size, md5, sha256, name, ...rest] = line.split('\t');
  const parsed = ManifestFile.safeParse({
    name,
    sizeBytes: /^\d+$/.test(size ?? '') ? Number(size) : null,
    md5,
    sha256,
  });
  if (!parsed.success || rest.length > 0) return null;
  const parts = parsed.data.name.split('/');
  const isClean = parts.every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
  return isClean ? parsed.data : null;
}

/** The entry of the list itself, from its content: what another side says of it is to be compared with this. */
export function describeFile(name: string, content: Uint8Array): ManifestFile {
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  return { name, sizeBytes: content.length, md5: digest('md5'), sha256: digest('sha256') };
}

/** How what the store holds differs from what must be there. */
export interface Differences {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  /** In words, one a file. */
  readonly changed: readonly string[];
}

/**
 * Compares every size and every MD5. A file of which the store holds no MD5 counts as changed: nothing vouches for it. What
 * other attempts left beside these files is no difference: nobody reads it.
 */
export function compareWithStore(expected: readonly ManifestFile[], found: readonly StoredFile[]): Differences {
  const directory = directoryOf(expected[0]?.name ?? '');
  const stored = found.filter(({ name }) => directoryOf(name) === directory && name !== MANIFEST_NAME);
  const held = new Map(stored.map((file) => [file.name, file]));
  const wanted = new Set(expected.map((file) => file.name));
  const changed: string[] = [];
  for (const { name, sizeBytes, md5 } of expected) {
    const file = held.get(name);
    if (!file) continue;
    if (file.sizeBytes !== sizeBytes) changed.push(`${name} has ${file.sizeBytes} bytes instead of ${sizeBytes}`);
    else if (file.md5 === null) changed.push(`${name} has no MD5 in the store`);
    else if (file.md5 !== md5) changed.push(`${name} has another MD5 than what was written`);
  }
  return {
    missing: expected.filter(({ name }) => !held.has(name)).map(({ name }) => name),
    extra: stored.filter(({ name }) => !wanted.has(name)).map(({ name }) => name),
    changed,
  };
}

const NAMED_AT_MOST = 5;

/** Throws STEP_FAILED that names the first files that differ, in a sentence after `what`; nothing when none does. */
export function refuseDifferences(what: string, { missing, extra, changed }: Differences): void {
  const found = [
    ...changed,
    ...missing.map((name) => `${name} is missing`),
    ...extra.map((name) => `${name} does not belong there`),
  ];
  if (found.length === 0) return;
  const named = found.slice(0, NAMED_AT_MOST).join('; ');
  const more = found.length > NAMED_AT_MOST ? `; and ${found.length - NAMED_AT_MOST} more` : '';
  throw new AppError('STEP_FAILED', `${what}: ${named}${more}.`);
}
