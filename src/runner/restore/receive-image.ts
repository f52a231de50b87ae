import { readFile } from 'node:fs/promises';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import type { ReceivedFile } from '../mover/file-mover.ts';
import { withoutSealing } from '../mover/stored-names.ts';

const LIST = 'checksums.tsv';
const LINE = /^(\d{1,15})\t[0-9a-f]{32}\t([0-9a-f]{64})\t([A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)$/;
const NAMED_AT_MOST = 3;

interface Listed {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Brings the whole image here: the phases `download` and `check`. Every file is what the list of checksums says, and there
 * is no other; the list itself is what the manifest says. Throws a final failure that names what is not so.
 */
export async function receiveImage({ files, report }: Attempt, listSha256: string): Promise<readonly ReceivedFile[]> {
  report.phase('download', 1);
  let stage = '';
  const quiet = files.onProgress(({ stage: now, bytes, total }) => {
    if (now === 'send') return;
    if (now === 'hash' && stage === 'receive') report.endPhase();
    if (now !== stage && total !== null) report.phase(now === 'hash' ? 'check' : 'download', total);
    if (now !== stage && total === null && now === 'hash') report.phase('check', 1);
    if (now !== stage && (total !== null || now === 'hash')) stage = now;
    if (now === stage) report.progress(bytes);
  });
  const received = await files.receiveAll().finally(quiet);
  if (stage !== 'hash') report.endPhase();
  if (received.length === 0) throw finalFailure('the blob store holds no file of this image');
  const bytes = received.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (stage !== 'hash') report.phase('check', bytes);
  const list = received.find(({ name }) => name === LIST);
  if (list === undefined) throw finalFailure(`the image is damaged: missing ${LIST}`);
  if (list.sha256 !== listSha256) {
    throw finalFailure(`the image is damaged: ${LIST} is not what was written (SHA-256 differs)`);
  }
  const rest = received.filter((file) => file !== list);
  compare(rest, readList(await readFile(list.path, 'utf8')));
  report.endPhase();
  return rest;
}

function readList(text: string): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, size, sha256 = '', name = ''] = LINE.exec(line) ?? [];
    if (size === undefined) throw finalFailure(`${LIST} holds a line that is none`);
    listed.set(withoutSealing(name), { sizeBytes: Number(size), sha256 });
  }
  return listed;
}

const some = (names: readonly string[]) => [...names].sort().slice(0, NAMED_AT_MOST).join(' ');

function compare(files: readonly ReceivedFile[], listed: ReadonlyMap<string, Listed>): void {
  const here = new Set(files.map(({ name }) => name));
  const missing = [...listed.keys()].filter((name) => !here.has(name));
  if (missing.length > 0) throw finalFailure(`the image is damaged: missing ${some(missing)}`);
  const extra = [...here].filter((name) => !listed.has(name));
  if (extra.length > 0) {
    throw finalFailure(`the image is damaged: files that do not belong to it: ${some(extra)}`);
  }
  for (const { name, sizeBytes, sha256 } of files) {
    const written = listed.get(name);
    if (written?.sizeBytes !== sizeBytes) {
      throw finalFailure(`the image is damaged: ${name} has ${sizeBytes} bytes instead of ${written?.sizeBytes}`);
    }
    if (written.sha256 !== sha256) {
      throw finalFailure(`the image is damaged: ${name} is not what was written (SHA-256 differs)`);
    }
  }
}
