import { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import type { PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';
import { isHeld } from './blob-errors.ts';
import { download } from './download.ts';
import { jobLogPrefix } from './image-paths.ts';
import { formatLogLine, parseLogLine, splitLines } from './log-line-format.ts';

const BLOCK_BYTES = 1 << 20;

/**
 * Writes the log of one attempt in blocks of 1 MiB, two at a time. It appears whole when the last line was taken: if
 * `lines` throws, nothing of it is there. What is there under a policy stays: it was written whole, too.
 */
export async function writeAttemptLog(
  container: ContainerClient,
  jobId: string,
  attempt: number,
  lines: AsyncIterable<PlatformLogLine>,
): Promise<void> {
  const blob = container.getBlockBlobClient(`${jobLogPrefix(jobId)}${attempt}.log`);
  const source = Readable.from(encode(lines), { objectMode: false });
  try {
    await blob.uploadStream(source, BLOCK_BYTES, 2, {
      blobHTTPHeaders: { blobContentType: 'text/plain; charset=utf-8' },
    });
  } catch (error) {
    if (!isHeld(error)) throw error;
  } finally {
    source.destroy();
  }
}

/** The kept lines of all attempts in order, read block by block as they are asked for. */
export async function* readAttemptLogs(container: ContainerClient, jobId: string): AsyncGenerator<PlatformLogLine> {
  for (const { name, attempt } of await listAttempts(container, jobId)) {
    const kept = await download(container.getBlobClient(name));
    for await (const text of splitLines(kept.content())) {
      const line = parseLogLine(text, attempt);
      if (line) yield line;
    }
  }
}

async function listAttempts(container: ContainerClient, jobId: string) {
  const found: { name: string; attempt: number }[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: jobLogPrefix(jobId) })) {
    const number = /\/(\d{1,4})\.log$/.exec(name)?.[1];
    if (number !== undefined) found.push({ name, attempt: Number(number) });
  }
  return found.sort((a, b) => a.attempt - b.attempt);
}

async function* encode(lines: AsyncIterable<PlatformLogLine>): AsyncGenerator<Buffer> {
  for await (const line of lines) yield Buffer.from(formatLogLine(line));
}
