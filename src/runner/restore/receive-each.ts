import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import type { ReceivedFile, WantedFile } from '../mover/file-mover.ts';
import { LIST } from '../packs/image-list.ts';

const NAMED_AT_MOST = 3;

/** A file of the image as it lies here. */
export interface ImageFile {
  /** Relative to the image's prefix, with `/`. */
  readonly name: string;
  readonly path: string;
  /** As it lies here. */
  readonly sizeBytes: number;
}

/** The same for an image of very many files, by one copy of all of them: a request for each would take longer. */
export async function receiveEach(
  { files, report }: Attempt,
  listed: readonly WantedFile[],
): Promise<readonly ImageFile[]> {
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
  if (stage !== 'hash') {
    report.endPhase();
    report.phase('check', 1);
  }
  const rest = received.filter(({ name }) => name !== LIST);
  compare(rest, new Map(listed.map((file) => [file.name, file])));
  report.endPhase();
  return rest;
}

const some = (names: readonly string[]) => [...names].sort().slice(0, NAMED_AT_MOST).join(' ');

function compare(files: readonly ReceivedFile[], listed: ReadonlyMap<string, WantedFile>): void {
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
